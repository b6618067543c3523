// The program's log: one line an event, text or JSON, to stderr.  Any thread may write; nobody waits for a slow reader
// (the oldest waiting lines are lost then, and counted).  A line is safe to show whatever it was made from: control
// characters and bytes that are not UTF-8 are escaped, so nothing that a client sent can forge a line or steer a
// terminal.
//
//   2026-11-23T09:30:00.123Z info  redis/laravel: subscribed patterns=2
//   {"time":"2026-11-23T09:30:00.123Z","level":"info","component":"redis/laravel","text":"subscribed","patterns":"2"}
#pragma once
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/limits.hpp"

namespace signalbox {

enum class Level : uint8_t { debug, info, warn, error };
std::optional<Level> parse_level(std::string_view word);

// `key` is written as it is: a literal of the program.
struct LogField {
  std::string_view key;
  std::string_view value;
};
using LogFields = std::initializer_list<LogField>;

struct LogOptions {
  Level level = Level::info;
  bool json = false;
  std::FILE *stream = stderr;  // stays open until log_finish()
};

// Until this is called lines are text, from info upwards, and written at once.  Afterwards a thread of the log's own
// writes them.
void log_setup(const LogOptions &options);
// Writes what still waits and ends the thread; later lines are written at once.  Called before the program exits.  When
// the stream takes nothing for limits::kLogFinishNs, what waits is given up and later lines are left out.
void log_finish();

// Is it worth making the text?
bool log_enabled(Level level);
void log(Level level, std::string_view component, std::string_view text, LogFields fields = {});

// The line without its end.  Pure; what log() writes.
std::string format_log_line(bool json, int64_t wall_ns, Level level, std::string_view component, std::string_view text,
                            LogFields fields);

// Keeps one noisy instance from filling the log: so many lines a second, then one that says how many were left out.
// Any thread.
class LogLimiter {
 public:
  explicit LogLimiter(uint32_t lines_per_second = limits::kLogLinesPerSecond) : lines_max_(lines_per_second) {}
  struct Verdict {
    bool write = false;
    uint64_t left_out = 0;  // of seconds before: write "n more lines left out" first
  };
  Verdict check(int64_t mono_ns);
  // Would check() say write?  If not, the line counts as left out: it need not be made.
  bool has_room(int64_t mono_ns);
  // What was left out and not yet told; for an owner that goes, or one with a timer.
  uint64_t take_left_out();

 private:
  std::mutex mutex_;
  const uint32_t lines_max_;
  uint32_t lines_ = 0;
  uint64_t left_out_ = 0;
  int64_t second_from_ns_ = INT64_MIN;
};

// log() through a limiter, with the summary line where one is due.
void log_limited(LogLimiter &limiter, int64_t mono_ns, Level level, std::string_view component, std::string_view text);

}  // namespace signalbox
