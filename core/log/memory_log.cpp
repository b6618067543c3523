#include "core/log/memory_log.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/base/assert.hpp"
#include "core/base/limits.hpp"

namespace signalbox {

MemoryLog::MemoryLog(const ChannelRules &rules, size_t scopes, uint64_t memory_max, Start start)
    : rules_(rules), memory_max_(memory_max), streams_(scopes), of_rule_(rules.size()) {
  for (size_t i = 0; i < rules.size(); ++i) of_rule_[i].forgotten = rules[i].stored() ? start.stored : start.seq;
}

MemoryLog::~MemoryLog() {
  for (const auto &streams : streams_) streams.for_each([](Stream &stream) { delete &stream; });
}

const Stream *MemoryLog::find(uint32_t scope, std::string_view channel) const {
  return scope < streams_.size() ? streams_[scope].find(channel) : nullptr;
}

size_t MemoryLog::rule_of(uint32_t scope, std::string_view channel) const {
  const Stream *known = find(scope, channel);
  return known ? known->rule : rules_.of(channel);
}

Stream &MemoryLog::find_or_make(uint32_t scope, std::string_view channel, uint64_t seq) {
  SBX_ASSERT(scope < streams_.size());
  if (Stream *known = streams_[scope].find(channel)) return *known;
  const size_t rule = rules_.of(channel);
  auto made = std::make_unique<Stream>(std::string(channel), scope, rule, of_rule_[rule].forgotten);
  streams_[scope].add(*made);
  Stream &stream = *made.release();
  if (rules_[rule].stored() && stored_.may_have(scope, channel)) {
    stream.floor = seq - 1;
    stream.more_on_disk = true;
  }
  return stream;
}

bool MemoryLog::expired(const Stream &stream, const EventPtr &event, int64_t wall_ns) const {
  const int64_t for_ns = rules_[stream.rule].for_ns;
  return for_ns > 0 && wall_ns - event->view().wall_ns >= for_ns;
}

void MemoryLog::place(const LogEntry &entry) {
  const uint64_t seq = seq_of(entry.event);
  Stream &stream = find_or_make(entry.scope, text(entry.event->view().channel), seq);
  if (!rules_[stream.rule].keeps()) {
    stream.lost.add(seq);
    settle(stream);
    return;
  }
  if (stream.quiet) unlink(stream);
  stream.events.push(entry.event);
  stream.bytes += entry.event->bytes();
  bytes_ += entry.event->bytes();
  ++events_;
  if (!stream.queued) {
    auto &queue = of_rule_[stream.rule].queue;
    queue.push_back({seq, &stream});
    std::push_heap(queue.begin(), queue.end());
    stream.queued = true;
  }
  trim(stream);
  while (bytes_ > memory_max_ && events_ > 0) evict_oldest();
}

EventPtr MemoryLog::pop(Stream &stream) {
  EventPtr event = stream.events.pop();
  stream.bytes -= event->bytes();
  bytes_ -= event->bytes();
  --events_;
  return event;
}

// What the rule has no room for.  The store does the same with its rows, so afterwards it has what is here and no more.
void MemoryLog::trim(Stream &stream) {
  const ChannelRule &rule = rules_[stream.rule];
  while (!stream.events.empty() &&
         (stream.events.size() > rule.events || (rule.bytes > 0 && stream.bytes > rule.bytes))) {
    if (stream.more_on_disk) stream.lost.reset(stream.floor);
    stream.more_on_disk = false;
    stream.floor = seq_of(pop(stream));
    stream.lost.add(stream.floor);
  }
  if (stream.events.empty()) settle(stream);
}

void MemoryLog::evict_oldest() {
  Stream *victim = nullptr;
  for (OfRule &of_rule : of_rule_) {
    Stream *candidate = oldest(of_rule);
    if (candidate && (!victim || seq_of(candidate->events.front()) < seq_of(victim->events.front())))
      victim = candidate;
  }
  SBX_ASSERT(victim);
  victim->floor = seq_of(pop(*victim));
  if (rules_[victim->rule].stored())
    victim->more_on_disk = true;
  else
    victim->lost.add(victim->floor);
  if (victim->events.empty()) settle(*victim);
}

void MemoryLog::expire(int64_t wall_ns, size_t events_max) {
  for (size_t i = 0; i < of_rule_.size(); ++i) {
    if (rules_[i].for_ns <= 0) continue;
    for (Stream *stream = oldest(of_rule_[i]); stream && events_max > 0; stream = oldest(of_rule_[i]), --events_max) {
      if (!expired(*stream, stream->events.front(), wall_ns)) break;
      stream->floor = seq_of(pop(*stream));
      stream->lost.add(stream->floor);
      if (stream->events.empty()) settle(*stream);
    }
  }
}

// The stream with the oldest event of this rule.
Stream *MemoryLog::oldest(OfRule &of_rule) {
  auto &queue = of_rule.queue;
  while (!queue.empty()) {
    Stream &stream = *queue.front().stream;
    if (!stream.events.empty() && seq_of(stream.events.front()) == queue.front().seq) return &stream;
    std::pop_heap(queue.begin(), queue.end());
    queue.pop_back();
    stream.queued = !stream.events.empty();
    if (!stream.queued) continue;
    queue.push_back({seq_of(stream.events.front()), &stream});
    std::push_heap(queue.begin(), queue.end());
  }
  return nullptr;
}

// Holds no event: it goes to the end of the quiet ones, of which the oldest are forgotten.  One that stands among them
// is only marked: to move it at every event would touch three others' memory.
void MemoryLog::settle(Stream &stream) {
  if (stream.quiet) {
    stream.touched = true;
    return;
  }
  stand_last(stream);
  if (quiet_ > limits::kLogQuietStreamsMax) forget_quiet();
}

void MemoryLog::stand_last(Stream &stream) {
  stream.quiet = true;
  stream.touched = false;
  stream.older = quiet_newest_;
  (quiet_newest_ ? quiet_newest_->newer : quiet_oldest_) = &stream;
  quiet_newest_ = &stream;
  ++quiet_;
}

void MemoryLog::unlink(Stream &stream) {
  (stream.older ? stream.older->newer : quiet_oldest_) = stream.newer;
  (stream.newer ? stream.newer->older : quiet_newest_) = stream.older;
  stream.older = stream.newer = nullptr;
  stream.quiet = false;
  --quiet_;
}

// Puts the oldest that had an event since they came to stand there behind the others, until `wanted` that had none
// stand in front; once round at most.
void MemoryLog::pass_over_touched(size_t wanted) {
  Stream *next = quiet_oldest_;
  for (size_t left = quiet_; left > 0 && wanted > 0; --left) {
    Stream &stream = *std::exchange(next, next->newer);
    if (!stream.touched) {
      --wanted;
      continue;
    }
    unlink(stream);
    stand_last(stream);
  }
}

// A sixteenth of them at a time, because a queue has to be gone through if one of them still stands there.
void MemoryLog::forget_quiet() {
  const size_t leave = limits::kLogQuietStreamsMax - limits::kLogQuietStreamsMax / 16;
  quiet_newest_->touched = true;  // it came only now, whatever the others did
  pass_over_touched(quiet_ - leave);
  bool queued = false;
  const Stream *look = quiet_oldest_;
  for (size_t i = quiet_; i > leave; --i, look = look->newer) queued |= look->queued;
  for (OfRule &of_rule : of_rule_) {
    if (!queued) break;
    auto gone = std::remove_if(of_rule.queue.begin(), of_rule.queue.end(), [](const Queued &entry) {
      if (entry.stream->events.empty()) entry.stream->queued = false;
      return !entry.stream->queued;
    });
    of_rule.queue.erase(gone, of_rule.queue.end());
    std::make_heap(of_rule.queue.begin(), of_rule.queue.end());
  }
  while (quiet_ > leave) forget(*quiet_oldest_);
}

void MemoryLog::forget(Stream &stream) {
  unlink(stream);
  OfRule &of_rule = of_rule_[stream.rule];
  if (rules_[stream.rule].stored())
    stored_.add(stream.scope, stream.channel);
  else
    of_rule.forgotten = std::max(of_rule.forgotten, stream.lost.last());
  streams_[stream.scope].remove(stream);
  delete &stream;
}

}  // namespace signalbox
