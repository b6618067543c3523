#include "plugins/sources/echo_api/publisher.hpp"

#include <string>

namespace echo_api {
namespace {

// How long making the events safe may take: publishers of laravel-echo-server wait for half a minute and more.
constexpr int64_t kPatienceNs = 10 * sbx::kSecondNs;

sbx::Metric events_counter(sbx::Host host, std::string_view outcome) {
  return {host, 'c', "signalbox_echo_api_events_total", "Published events by what became of them", "outcome", outcome};
}

Reply not_taken(sbx_status why) {
  switch (why) {
    case SBX_FULL:
      return refusal(503, "queue_full", "the pipeline's queue is full; send the same again later");
    case SBX_ESTORE:
      return refusal(503, "not_durable", "the event could not be made durable; send the same again later");
    default:
      return refusal(503, "unavailable", "the event was not taken; send the same again later",
                     "the host answered " + std::to_string(why));
  }
}

}  // namespace

Publisher::Publisher(sbx::Host host, const sbx_loop &loop, Front &front)
    : host_(host),
      loop_(loop),
      front_(front),
      accepted_(events_counter(host, "accepted")),
      dropped_(events_counter(host, "dropped")),
      failed_(events_counter(host, "failed")) {}

std::optional<Reply> Publisher::take(sbx_id request, std::string_view app_id, std::string_view body) {
  EventBody event;
  if (const auto problem = read_event_body(body, event)) return refusal(400, "malformed", *problem);
  const uint64_t number = ++last_number_;
  const sbx_status taken = emit_all(number, app_id, event);
  if (taken != SBX_OK) return not_taken(taken);
  waiting_[number] = {request, loop_.mono_ns(host_.get()) + kPatienceNs, event.channels.size()};
  numbers_[request] = number;
  arm();
  return std::nullopt;
}

// Receipts come in a later turn (R3), so the request may be entered afterwards.
sbx_status Publisher::emit_all(uint64_t number, std::string_view app_id, const EventBody &event) {
  const sbx_attr facts[] = {{sbx::raw("source"), sbx::raw(host_.instance())},
                            {sbx::raw("verified"), sbx::raw("true")},
                            {sbx::raw("app"), sbx::raw(app_id)}};
  for (size_t i = 0; i < event.channels.size(); ++i) {
    const sbx::Draft draft{.channel = event.channels[i],
                           .name = event.name,
                           .data = event.data,
                           .except = event.socket_id,
                           .attrs = facts,
                           .attr_count = std::size(facts)};
    const sbx_status taken = host_.emit(draft, {.ack = number});
    if (taken == SBX_OK) continue;
    failed_.add(static_cast<double>(event.channels.size() - i));
    return taken;
  }
  return SBX_OK;
}

void Publisher::on_ack(uint64_t token, const sbx_receipt &receipt) {
  count(receipt);
  const auto found = waiting_.find(token);
  if (found == waiting_.end()) return;  // answered already, or nobody waits any more
  if (receipt.status != SBX_OK) return finish(token, not_taken(receipt.status));
  if (--found->second.left == 0) finish(token, answer("published", R"({"message":"ok"})"));
}

// What the filters dropped was routed as well: to nowhere.
void Publisher::count(const sbx_receipt &receipt) {
  if (receipt.status != SBX_OK) return failed_.add();
  (receipt.cursor.len > 0 ? accepted_ : dropped_).add();
}

void Publisher::finish(uint64_t number, const Reply &reply) {
  const auto done = waiting_.extract(number);
  numbers_.erase(done.mapped().request);
  front_.answer(done.mapped().request, reply);
}

void Publisher::forget(sbx_id request) {
  const auto found = numbers_.find(request);
  if (found == numbers_.end()) return;
  waiting_.erase(found->second);
  numbers_.erase(found);
}

// One timer for all: it is due with the oldest request, and comes for nothing when that was answered in time.
void Publisher::arm() {
  if (timer_ != 0 || waiting_.empty()) return;
  timer_ = loop_.timer(
      host_.get(), waiting_.begin()->second.due_ns - loop_.mono_ns(host_.get()), 0,
      [](void *self, sbx_id) noexcept {
        auto &p = *static_cast<Publisher *>(self);
        sbx::guarded(p.host_, [&] { p.on_time(); });
      },
      this);
}

void Publisher::on_time() {
  timer_ = 0;
  const int64_t now = loop_.mono_ns(host_.get());
  while (!waiting_.empty() && waiting_.begin()->second.due_ns <= now)
    finish(waiting_.begin()->first, refusal(503, "timeout", "the event was not safe in time; send the same again"));
  arm();
}

}  // namespace echo_api
