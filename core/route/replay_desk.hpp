// What the replay of kept requests looks like to those who order one: the admin pages.  The assembly does it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/limits.hpp"

namespace signalbox {

struct ReplayOrder {
  std::string source;
  int64_t since_ns = 0, until_ns = INT64_MAX;  // wall; when the requests came, since <= time < until
  std::string id;                              // of an event of theirs; empty: any
  bool dry_run = false;                        // count only
  uint32_t per_second = limits::kKeptReplayRate;
};

// Counts of requests, and of the events that were made of them.
struct ReplayProgress {
  bool ended = false;
  uint64_t found = 0, routed = 0, failed = 0, events = 0;
  std::string problem;  // why it ended before everything was replayed
};

struct ReplayStart {
  enum class Answer : uint8_t { begun, busy, unknown, keeps_nothing, no_store, stopping };
  Answer answer = Answer::begun;
  uint64_t number = 0;  // the replay's, if it has begun
};

// [any] everything.
class ReplayDesk {
 public:
  virtual ReplayStart begin(const ReplayOrder &order) = 0;
  // Of the replay with this number, as long as no other one has begun.
  virtual std::optional<ReplayProgress> progress(uint64_t number) const = 0;
  virtual int64_t wall_ns() const = 0;

 protected:
  ~ReplayDesk() = default;
};

}  // namespace signalbox
