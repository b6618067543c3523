#include "core/log/event_log.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/base/entropy.hpp"
#include "core/base/limits.hpp"
#include "core/log/event_log_impl.hpp"

namespace signalbox {

namespace {

// Those come alone: see Emission.
bool is_presence(const Emission &emission) {
  return !emission.events.empty() && emission.events.front().event->is_presence();
}

}  // namespace

EventLog::EventLog(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EventLog::~EventLog() = default;

Result<std::unique_ptr<EventLog>> EventLog::open(EventLogOptions options, const Clock &clock, Metrics &metrics,
                                                 LogFollower &follower) {
  if (options.path.empty()) {
    if (options.rules.any_durable())
      return Status::error(
          "a channel is to be kept on disk, but there is no store: set store.path, or take `durable`"
          " away");
    Position last;
    random_bytes(&last.epoch, sizeof last.epoch);
    return std::unique_ptr<EventLog>(
        new EventLog(std::make_unique<Impl>(std::move(options), clock, metrics, follower, last, MemoryLog::Start{})));
  }
  Result<OpenedStore> store = open_store(options, clock.wall_ns());
  if (!store.ok()) return store.status();
  const Position last = store->last;
  const MemoryLog::Start start{last.seq, store->forgotten};
  auto impl = std::make_unique<Impl>(std::move(options), clock, metrics, follower, last, start);
  impl->begin(store.take());
  return std::unique_ptr<EventLog>(new EventLog(std::move(impl)));
}

void EventLog::append(std::vector<Emission> &emissions) { impl_->append(emissions); }
std::optional<LogPage> EventLog::read(const LogQuery &query) const { return impl_->read(query); }
void EventLog::read_later(LogQuery query, std::function<void(LogPage)> done) {
  impl_->read_later(std::move(query), std::move(done));
}
void EventLog::read_kept_later(KeptQuery query, std::function<void(Result<KeptPage>)> done) {
  impl_->read_kept_later(std::move(query), std::move(done));
}
uint64_t EventLog::epoch() const { return impl_->epoch(); }
uint64_t EventLog::position() const { return impl_->position(); }
LogHealth EventLog::health() const { return impl_->health(); }
void EventLog::expire() { impl_->expire(); }
bool EventLog::drain(int64_t deadline_ns) { return impl_->drain(deadline_ns); }

EventLog::Impl::Impl(EventLogOptions options, const Clock &clock, Metrics &metrics, LogFollower &follower,
                     Position last, MemoryLog::Start start)
    : options_(std::move(options)),
      clock_(clock),
      epoch_(last.epoch),
      stored_(!options_.path.empty()),
      memory_(options_.rules, options_.scopes.size(), options_.memory_max, start),
      sequencer_(memory_, follower, last),
      follower_(follower),
      pending_of_scope_(options_.scopes.size()),
      counters_(metrics, {[this] {
                            const std::lock_guard lock(mutex_);
                            return static_cast<double>(memory_.events());
                          },
                          [this] {
                            const std::lock_guard lock(mutex_);
                            return static_cast<double>(memory_.bytes());
                          },
                          [this] { return static_cast<double>(health().waiting_events); }}) {}

void EventLog::Impl::append(std::vector<Emission> &emissions) {
  bool store_wanted = false;
  {
    const std::lock_guard lock(mutex_);
    for (Emission &emission : emissions) {
      if (stored_ && for_store(emission))
        take_for_store(emission);
      else
        take_for_memory(emission);
    }
    sequencer_.flush();
    store_wanted = !pending_.empty() && !store_busy_;
  }
  if (store_wanted) store_wanted_.notify_one();
  follower_.wake();
  emissions.clear();
}

bool EventLog::Impl::is_stored(const LogEntry &entry) const {
  return !entry.event->transient() &&
         options_.rules[memory_.rule_of(entry.scope, text(entry.event->view().channel))].stored();
}

// Presence changes have no source whose order they would have to keep, and must not be lost to a full queue.
bool EventLog::Impl::for_store(const Emission &emission) const {
  if (!emission.dedupe_key.empty()) return true;
  if (is_presence(emission)) return false;
  return std::any_of(emission.events.begin(), emission.events.end(),
                     [&](const LogEntry &entry) { return pending_of_scope_[entry.scope] > 0 || is_stored(entry); });
}

void EventLog::Impl::take_for_store(Emission &emission) {
  const QueueLoad load = load_of(emission);
  if (!pending_load_.fits(load, options_.queue_events, options_.queue_bytes)) {
    counters_.refused.add();
    return sequencer_.refuse(emission, {SBX_FULL, {}});
  }
  pending_load_ += load;
  for (const LogEntry &entry : emission.events) ++pending_of_scope_[entry.scope];
  pending_.push_back(std::move(emission));
}

void EventLog::Impl::take_for_memory(Emission &emission) {
  if (emission.events.empty() && emission.dedupe_key.empty())
    return sequencer_.release({}, std::move(emission.done), {});
  const int64_t now_ns = emission.dedupe_key.empty() ? 0 : clock_.wall_ns();
  if (!emission.dedupe_key.empty()) {
    if (const auto first = keys_.find(emission.source, emission.dedupe_key, now_ns)) {
      counters_.duplicates.add();
      return sequencer_.refuse(emission, {SBX_DUPLICATE, *first});
    }
  }
  if (sequencer_.held() && !is_presence(emission) &&
      !sequencer_.waiting().fits(load_of(emission), options_.queue_events, options_.queue_bytes)) {
    counters_.refused.add();
    return sequencer_.refuse(emission, {SBX_FULL, {}});
  }
  const LogReceipt receipt{SBX_OK, sequencer_.number(emission.events)};
  if (!emission.dedupe_key.empty())
    keys_.remember(emission.source, emission.dedupe_key, receipt.position, dedupe_end_ns(now_ns, emission.dedupe_ns));
  if (sequencer_.held())
    sequencer_.wait(std::move(emission), receipt);
  else
    sequencer_.release(std::move(emission.events), std::move(emission.done), receipt);
}

std::optional<LogPage> EventLog::Impl::read(const LogQuery &query) const {
  const int64_t wall_ns = clock_.wall_ns();
  const std::lock_guard lock(mutex_);
  return memory_.read(query, wall_ns);
}

uint64_t EventLog::Impl::position() const {
  const std::lock_guard lock(mutex_);
  return sequencer_.told();
}

LogHealth EventLog::Impl::health() const {
  const std::lock_guard lock(mutex_);
  return {stored_, !problem_, problem_.value_or(""), pending_load_.events + sequencer_.waiting().events};
}

void EventLog::Impl::expire() {
  const int64_t wall_ns = clock_.wall_ns();
  const std::lock_guard lock(mutex_);
  memory_.expire(wall_ns, limits::kLogExpireStep);
  keys_.expire(wall_ns);
  sweep_due_ = stored_;
  store_wanted_.notify_one();
}

bool EventLog::Impl::drain(int64_t deadline_ns) {
  std::unique_lock lock(mutex_);
  const int64_t left_ns = std::max<int64_t>(0, deadline_ns - clock_.mono_ns());
  const auto left = std::min<std::chrono::nanoseconds>(std::chrono::nanoseconds(left_ns), std::chrono::hours(1));
  return store_idle_.wait_for(lock, left, [&] { return !store_busy_ && pending_.empty() && !sweep_due_; });
}

}  // namespace signalbox
