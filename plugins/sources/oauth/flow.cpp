#include "plugins/sources/oauth/flow.hpp"

#include <algorithm>
#include <utility>

#include "plugins/sources/oauth/events.hpp"
#include "plugins/sources/oauth/exchange.hpp"
#include "plugins/sources/oauth/tickets.hpp"

namespace oauth {
namespace {

constexpr int64_t kRetryNs = sbx::kSecondNs;

std::string known_reason(std::string_view reason) {
  const bool known = std::find(std::begin(kReasons), std::end(kReasons), reason) != std::end(kReasons);
  return std::string(known ? reason : "refused");
}

}  // namespace

Flow::Flow(sbx::Host host, const sbx_loop &loop, Waits &waits, Tickets &tickets, FlowOptions options)
    : host_(host),
      loop_(loop),
      waits_(waits),
      tickets_(tickets),
      options_(std::move(options)),
      waiting_(host, 'g', "signalbox_oauth_waits", "Logins that were started and are not over") {}

Flow::~Flow() {
  if (timer_ != 0) loop_.cancel(host_.get(), timer_);
  if (retry_ != 0) loop_.cancel(host_.get(), retry_);
}

sbx_status Flow::emit(const Wait &wait, const Told &told, uint64_t ack) {
  const sbx_attr facts[] = {{sbx::raw("source"), sbx::raw(host_.instance())},
                            {sbx::raw("verified"), sbx::raw("true")},
                            {sbx::raw("principal"), sbx::raw(told.subject)}};
  const sbx::Draft draft{.channel = wait.channel,
                         .name = told.name,
                         .data = told.data,
                         .attrs = facts,
                         .attr_count = told.subject.empty() ? size_t{2} : size_t{3}};
  return host_.emit(draft, sbx::Emit{.ack = ack});
}

void Flow::scanned(Wait &wait) {
  if (wait.state != WaitState::kPending) return;
  wait.state = WaitState::kScanned;
  // Progress only: a page that misses it still gets the end.
  emit(wait, {wait.provider + ".scanned", scanned_data(wait)}, 0);
}

void Flow::succeed(Wait &wait, const Profile &profile, std::function<void(bool durable)> done) {
  const auto ticket = tickets_.make(redeemed(wait, profile));
  const uint64_t ack = ++last_ack_;
  const auto sent = ticket ? emit(wait,
                                  {wait.provider + ".login", login_data(wait, profile, ticket->ticket, options_.expose),
                                   profile.subject},
                                  ack)
                           : sbx_status{SBX_FULL};
  if (sent != SBX_OK) {
    not_kept(wait, ticket ? ticket->digest : std::string());
    if (done) done(false);
    return;
  }
  sent_[ack] = {wait.id, ticket->digest, {}, std::move(done)};
  end(wait, WaitState::kDone);
}

// The provider will not give its code again: whoever waits is told to start once more.
void Flow::not_kept(Wait &wait, const std::string &ticket_digest) {
  tickets_.withdraw(ticket_digest);
  fail(wait, "unavailable");
}

void Flow::fail(Wait &wait, std::string_view reason) {
  const std::string word = known_reason(reason);
  end(wait, WaitState::kFailed);
  count(word);
  tell_end(wait, word);
}

void Flow::expire(Wait &wait) {
  end(wait, WaitState::kExpired);
  count("expired");
  tell_end(wait, {});
}

void Flow::expire_all() {
  for (const std::string &id : waits_.open())
    if (Wait *wait = waits_.by_id(id)) expire(*wait);
}

void Flow::end(Wait &wait, WaitState state) {
  waits_.end(wait, state, loop_.mono_ns(host_.get()) + options_.keep_ns);
  arm();
}

void Flow::tell_end(Wait &wait, const std::string &reason) {
  const uint64_t ack = ++last_ack_;
  const Told told =
      reason.empty() ? Told{"login.expired", expired_data(wait)} : Told{"login.failed", failed_data(wait, reason)};
  if (emit(wait, told, ack) == SBX_OK)
    sent_[ack] = {wait.id, {}, reason, {}};
  else
    tell_later(wait.id, reason);
}

void Flow::tell_later(const std::string &wait, const std::string &reason) {
  untold_[wait] = reason;
  // Whom the end concerns is not forgotten before it was told.
  if (Wait *late = waits_.by_id(wait))
    waits_.put_off(*late, std::max(late->expires_ns, loop_.mono_ns(host_.get()) + options_.keep_ns));
  if (retry_ != 0) return;
  retry_ = loop_.timer(
      host_.get(), kRetryNs, 0,
      [](void *self, sbx_id) noexcept {
        auto &f = *static_cast<Flow *>(self);
        sbx::guarded(f.host_, [&] { f.tell_again(); });
      },
      this);
}

void Flow::tell_again() {
  retry_ = 0;
  for (const auto &[id, reason] : std::exchange(untold_, {}))
    if (Wait *wait = waits_.by_id(id)) tell_end(*wait, reason);
  if (sent_.empty() && idle_) idle_();
}

void Flow::on_ack(uint64_t token, const sbx_receipt &receipt) {
  auto found = sent_.extract(token);
  if (found.empty()) return;
  const Sent &sent = found.mapped();
  const bool safe = receipt.status == SBX_OK || receipt.status == SBX_DUPLICATE;
  Wait *wait = waits_.by_id(sent.wait);
  const bool success = !sent.ticket.empty();
  if (success && safe) count("ok");
  if (success && !safe && wait) not_kept(*wait, sent.ticket);
  if (success && !safe && !wait) tickets_.withdraw(sent.ticket);
  if (!success && !safe && wait) tell_later(sent.wait, sent.reason);
  if (sent.done) sent.done(safe);
  if (sent_.empty() && idle_) idle_();
}

void Flow::arm() {
  waiting_.set(static_cast<double>(waits_.open_count()));
  const auto due = waits_.next_due();
  if (timer_ != 0 && due && *due >= armed_for_ns_) return;  // it comes early and arms itself again
  if (timer_ != 0) loop_.cancel(host_.get(), std::exchange(timer_, 0));
  if (!due) return;
  armed_for_ns_ = *due;
  timer_ = loop_.timer(
      host_.get(), *due - loop_.mono_ns(host_.get()), 0,
      [](void *self, sbx_id) noexcept {
        auto &f = *static_cast<Flow *>(self);
        sbx::guarded(f.host_, [&] { f.on_time(); });
      },
      this);
}

void Flow::on_time() {
  timer_ = 0;
  for (const std::string &id : waits_.due(loop_.mono_ns(host_.get()))) {
    Wait *wait = waits_.by_id(id);
    if (!wait) continue;
    if (wait->over())
      waits_.forget(*wait);
    else
      expire(*wait);
  }
  arm();
}

void Flow::count(std::string_view outcome) {
  auto found = outcomes_.find(outcome);
  if (found == outcomes_.end())
    found = outcomes_
                .emplace(outcome, sbx::Metric(host_, 'c', "signalbox_oauth_logins_total",
                                              "Logins that are over, by how they ended", "outcome", outcome))
                .first;
  found->second.add();
}

}  // namespace oauth
