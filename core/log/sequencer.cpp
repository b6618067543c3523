#include "core/log/sequencer.hpp"

#include <algorithm>
#include <iterator>

#include "core/base/assert.hpp"

namespace signalbox {

QueueLoad &QueueLoad::operator+=(const QueueLoad &other) {
  events += other.events;
  bytes += other.bytes;
  return *this;
}

QueueLoad &QueueLoad::operator-=(const QueueLoad &other) {
  events -= other.events;
  bytes -= other.bytes;
  return *this;
}

bool QueueLoad::fits(const QueueLoad &one, uint64_t events_max, uint64_t bytes_max) const {
  return events == 0 || (events + one.events <= events_max && bytes + one.bytes <= bytes_max);
}

QueueLoad load_of(const Emission &emission) {
  QueueLoad load{std::max<uint64_t>(1, emission.events.size()),
                 sizeof(Emission) + emission.source.size() + emission.dedupe_key.size() + emission.raw.size()};
  for (const LogEntry &entry : emission.events) load.bytes += entry.event->bytes();
  return load;
}

Position Sequencer::number(std::vector<LogEntry> &events) {
  for (LogEntry &entry : events) {
    ++last_.seq;
    entry.event = Event::placed(std::move(entry.event), last_, entry.scope);
  }
  return events.empty() ? Position{} : last_;
}

void Sequencer::release(std::vector<LogEntry> events, std::function<void(const LogReceipt &)> done,
                        const LogReceipt &receipt) {
  std::move(events.begin(), events.end(), std::back_inserter(ready_));
  if (done) receipts_.emplace_back(std::move(done), receipt);
}

void Sequencer::wait(Emission emission, const LogReceipt &receipt) {
  const QueueLoad load = load_of(emission);
  waiting_load_ += load;
  waiting_.push_back({std::move(emission), receipt, load});
}

void Sequencer::refuse(Emission &emission, const LogReceipt &receipt) {
  if (!emission.events.empty()) follower_.refused(emission.events, receipt.status);
  release({}, std::move(emission.done), receipt);
}

void Sequencer::flush() {
  if (!held_) {
    for (Waiting &one : waiting_) release(std::move(one.emission.events), std::move(one.emission.done), one.receipt);
    waiting_.clear();
    waiting_load_ = {};
  }
  SBX_ASSERT(!held_ || ready_.empty());
  for (const LogEntry &entry : ready_)
    if (!entry.event->transient()) memory_.place(entry);
  if (!held_ && (!ready_.empty() || told_ != last_.seq)) {
    told_ = last_.seq;
    follower_.released(ready_, told_);
  }
  ready_.clear();
  for (auto &[done, receipt] : receipts_) done(receipt);
  receipts_.clear();
}

}  // namespace signalbox
