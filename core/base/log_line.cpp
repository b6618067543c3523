// The pure half of log.hpp: what a line looks like, and which lines are left out.
#include <ctime>

#include "core/base/log.hpp"
#include "core/base/text.hpp"

namespace signalbox {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr std::string_view kNames[] = {"debug", "info", "warn", "error"};

std::string_view name(Level level) { return kNames[static_cast<size_t>(level)]; }

std::string timestamp(int64_t wall_ns) {
  int64_t rest = wall_ns % kSecondNs;
  if (rest < 0) rest += kSecondNs;
  const std::time_t seconds = (wall_ns - rest) / kSecondNs;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[64];
  const size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  const int fraction = std::snprintf(text + size, sizeof text - size, ".%03dZ", static_cast<int>(rest / 1'000'000));
  return {text, size + static_cast<size_t>(fraction)};
}

std::string cut(std::string_view text) {
  if (text.size() <= limits::kLogTextMax) return std::string(text);
  return std::string(text.substr(0, limits::kLogTextMax)) + "... (" + std::to_string(text.size()) + " bytes)";
}

bool plain(std::string_view value) {
  if (value.empty()) return false;
  for (char c : value)
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c >= 0x7F) return false;
  return true;
}

std::string json_line(int64_t wall_ns, Level level, std::string_view component, std::string_view text,
                      LogFields fields) {
  std::string out = "{\"time\":\"" + timestamp(wall_ns) + "\",\"level\":\"";
  out += name(level);
  out += "\",\"component\":";
  append_json_string(out, component);
  out += ",\"text\":";
  append_json_string(out, cut(text));
  for (const LogField &field : fields) {
    out += ',';
    append_json_string(out, field.key);
    out += ':';
    append_json_string(out, cut(field.value));
  }
  out += '}';
  return out;
}

}  // namespace

std::optional<Level> parse_level(std::string_view word) {
  for (Level level : {Level::debug, Level::info, Level::warn, Level::error})
    if (word == name(level)) return level;
  return std::nullopt;
}

std::string format_log_line(bool json, int64_t wall_ns, Level level, std::string_view component, std::string_view text,
                            LogFields fields) {
  if (json) return json_line(wall_ns, level, component, text, fields);
  std::string out = timestamp(wall_ns) + ' ';
  out += name(level);
  out.append(6 - name(level).size(), ' ');
  append_printable(out, component);
  out += ": ";
  append_printable(out, cut(text));
  for (const LogField &field : fields) {
    out += ' ';
    append_printable(out, field.key);
    out += '=';
    out += plain(field.value) ? std::string(field.value) : excerpt(field.value, limits::kLogTextMax);
  }
  return out;
}

LogLimiter::Verdict LogLimiter::check(int64_t mono_ns) {
  const std::lock_guard lock(mutex_);
  Verdict verdict;
  if (second_from_ns_ == INT64_MIN || mono_ns - second_from_ns_ >= kSecondNs) {
    second_from_ns_ = mono_ns;
    lines_ = 0;
    verdict.left_out = left_out_;
    left_out_ = 0;
  }
  verdict.write = lines_ < lines_max_;
  if (verdict.write)
    ++lines_;
  else
    ++left_out_;
  return verdict;
}

// A second that is over is left for check() to end, which tells what was left out in it.
bool LogLimiter::has_room(int64_t mono_ns) {
  const std::lock_guard lock(mutex_);
  if (second_from_ns_ == INT64_MIN || mono_ns - second_from_ns_ >= kSecondNs || lines_ < lines_max_) return true;
  ++left_out_;
  return false;
}

uint64_t LogLimiter::take_left_out() {
  const std::lock_guard lock(mutex_);
  const uint64_t count = left_out_;
  left_out_ = 0;
  return count;
}

void log_limited(LogLimiter &limiter, int64_t mono_ns, Level level, std::string_view component, std::string_view text) {
  if (!log_enabled(level)) return;
  const LogLimiter::Verdict verdict = limiter.check(mono_ns);
  if (verdict.left_out > 0) log(Level::warn, component, std::to_string(verdict.left_out) + " more lines left out");
  if (verdict.write) log(level, component, text);
}

}  // namespace signalbox
