// Reading from memory: MemoryLog::read() and what it needs.
#include <algorithm>

#include "core/log/memory_log.hpp"

namespace signalbox {

// One stream's part of the answer: what is left of it.
struct MemoryLog::Walk {
  const Stream *stream;
  size_t next, channel;
  bool newcomer;
  uint64_t seq() const { return seq_of(stream->events[next]); }
  bool operator<(const Walk &other) const { return seq() > other.seq(); }
};

bool MemoryLog::asks_disk(const Stream *stream, size_t rule, uint32_t scope, std::string_view channel,
                          uint64_t after) const {
  if (!rules_[rule].stored()) return false;
  return stream ? stream->more_on_disk && after < stream->floor : stored_.may_have(scope, channel);
}

// Where a reader without a place begins: just before the first event it is given.  Nothing: the disk knows.
std::optional<uint64_t> MemoryLog::begin_newcomer(const LogQuery::Channel &channel, size_t rule, uint64_t upto,
                                                  int64_t wall_ns) const {
  const Replay replay = rules_[rule].replay;
  if (replay == Replay::none || !rules_[rule].keeps()) return upto;
  std::optional<uint64_t> first;
  bool disk = false;
  for (uint32_t scope : channel.scopes) {
    const Stream *stream = find(scope, channel.name);
    disk |= asks_disk(stream, rule, scope, channel.name, 0);
    if (!stream) continue;
    const EventRing &events = stream->events;
    const size_t end = events.after(upto);
    size_t from = 0;
    while (from < end && expired(*stream, events[from], wall_ns)) ++from;
    if (from == end) continue;
    const uint64_t seq = seq_of(events[replay == Replay::last ? end - 1 : from]);
    first = !first ? seq : replay == Replay::last ? std::max(*first, seq) : std::min(*first, seq);
  }
  // The last one can be told without the disk when a newer one than all of its events is here; they all are older than
  // any that memory has of the same stream, but not of another.
  if (disk && (replay == Replay::retained || !first || channel.scopes.size() > 1)) return std::nullopt;
  return first ? *first - 1 : upto;
}

std::optional<LogPage> MemoryLog::read(const LogQuery &query, int64_t wall_ns) const {
  LogPage page;
  page.upto = query.upto;
  std::vector<Walk> walks;
  for (size_t i = 0; i < query.channels.size(); ++i) {
    const LogQuery::Channel &channel = query.channels[i];
    const size_t rule = rules_.of(channel.name);
    const bool newcomer = !channel.after;
    const auto after = newcomer ? begin_newcomer(channel, rule, query.upto, wall_ns) : channel.after;
    if (!after) return std::nullopt;
    LogPage::Channel &told = page.channels.emplace_back();
    told.after = *after;
    if (*after >= query.upto) continue;
    for (uint32_t scope : channel.scopes) {
      const Stream *stream = find(scope, channel.name);
      if (asks_disk(stream, rule, scope, channel.name, *after)) return std::nullopt;
      if (!newcomer) told.gap |= stream ? stream->lost.any(*after, query.upto) : *after < of_rule_[rule].forgotten;
      if (stream && stream->events.after(*after) < stream->events.size())
        walks.push_back({stream, stream->events.after(*after), i, newcomer});
    }
  }
  merge(walks, query, wall_ns, page);
  return page;
}

void MemoryLog::merge(std::vector<Walk> &walks, const LogQuery &query, int64_t wall_ns, LogPage &page) const {
  std::make_heap(walks.begin(), walks.end());
  size_t bytes = 0;
  while (!walks.empty() && walks.front().seq() <= query.upto) {
    std::pop_heap(walks.begin(), walks.end());
    Walk &walk = walks.back();
    const EventPtr &event = walk.stream->events[walk.next];
    if (expired(*walk.stream, event, wall_ns)) {
      if (!walk.newcomer) page.channels[walk.channel].gap = true;
    } else {
      if (!page.events.empty() &&
          (page.events.size() >= query.events_max || bytes + event->bytes() > query.bytes_max)) {
        page.upto = seq_of(page.events.back().event);
        return;
      }
      bytes += event->bytes();
      page.events.push_back({event, walk.stream->scope});
    }
    if (++walk.next == walk.stream->events.size())
      walks.pop_back();
    else
      std::push_heap(walks.begin(), walks.end());
  }
}

}  // namespace signalbox
