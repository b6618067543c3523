#include "core/route/presence_desk.hpp"

#include <utility>

namespace signalbox {

CentralPresenceDesk::CentralPresenceDesk(io::Lane &lane, const Clock &clock, Metrics &metrics, PresenceLimits bounds)
    : lane_(lane),
      clock_(clock),
      metrics_(metrics),
      book_(bounds),
      unlisted_(metrics.counter("signalbox_presence_unlisted_total",
                                "Joins of presence channels that were over a limit: not shown as members.")),
      gauge_(metrics.make_gauge("signalbox_presence_members", "Members of presence channels.", {},
                                [this] { return static_cast<double>(members_.load(std::memory_order_relaxed)); })) {}

CentralPresenceDesk::~CentralPresenceDesk() {
  metrics_.retire(gauge_);
  if (timer_ != 0) lane_.cancel(timer_);
}

void CentralPresenceDesk::join(uint32_t scope, std::string_view channel, PresentMemberPtr member) {
  put({true, scope, std::string(channel), std::move(member), 0});
}

void CentralPresenceDesk::leave(uint32_t scope, std::string_view channel, PresentMemberPtr member, int64_t linger_ns) {
  put({false, scope, std::string(channel), std::move(member), linger_ns});
}

void CentralPresenceDesk::put(Told told) {
  if (stopped_.load()) return;
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = inbox_.empty();
    inbox_.push_back(std::move(told));
  }
  if (first) lane_.wake();  // a turn, which looks here
}

void CentralPresenceDesk::enter(const Told &told, int64_t now_ns) {
  if (!told.joining) return book_.leave(told.scope, told.channel, told.member->principal, told.linger_ns, now_ns);
  if (book_.join(told.scope, told.channel, told.member, now_ns)) return;
  unlisted_.add();
  log_limited(log_limiter_, now_ns, Level::warn, "presence",
              "a presence channel has too many members, or all of them together have: whoever joins now may listen but "
              "is not listed");
}

std::optional<Emission> CentralPresenceDesk::turn() {
  if (stopped_.load()) return std::nullopt;
  {
    const std::lock_guard lock(mutex_);
    entering_.swap(inbox_);
  }
  if (entering_.empty() && !book_.changed() && book_.next_ns() == INT64_MAX) return std::nullopt;
  const int64_t now_ns = clock_.mono_ns();
  for (const Told &told : entering_) enter(told, now_ns);
  entering_.clear();
  book_.expire(now_ns);
  arm(now_ns);
  members_.store(book_.members(), std::memory_order_relaxed);
  if (!book_.changed() || !may_append()) return std::nullopt;
  Emission out;
  for (const PresenceBook::Change &change : book_.take())
    out.events.push_back(
        {Event::presence(change.joining ? "joining" : "leaving", change.channel, change.scope, *change.member),
         change.scope});
  members_.store(book_.members(), std::memory_order_relaxed);
  if (out.events.empty()) return std::nullopt;
  under_way_.store(true);
  out.done = [this](const LogReceipt &) {
    under_way_.store(false);
    if (behind_.load()) lane_.wake();
  };
  return out;
}

// No batch is under way; or the one that is will have a turn made when it is done.
bool CentralPresenceDesk::may_append() {
  behind_.store(true);
  if (under_way_.load()) return false;
  behind_.store(false);
  return true;
}

void CentralPresenceDesk::arm(int64_t now_ns) {
  const int64_t next_ns = book_.next_ns();
  if (next_ns == timer_ns_) return;
  if (timer_ != 0) lane_.cancel(timer_);
  timer_ = 0;
  timer_ns_ = next_ns;
  if (next_ns == INT64_MAX) return;
  timer_ = lane_.timer(next_ns > now_ns ? next_ns - now_ns : 0, 0, [this](io::TimerId) {
    timer_ = 0;  // the turn that it wakes does the rest
    timer_ns_ = INT64_MAX;
  });
}

}  // namespace signalbox
