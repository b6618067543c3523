#include "plugins/sources/webhook/instant.hpp"

#include <charconv>
#include <chrono>

namespace webhook {
namespace {

// Digits of a time that is still a time.
constexpr size_t kUnixMax = 12;
constexpr size_t kIsoMax = 40;

// Takes `digits` digits and the mark behind them (0 = none) off the text.
bool take(std::string_view &text, size_t digits, char mark, int &to) {
  if (text.size() < digits + (mark ? 1 : 0)) return false;
  to = 0;
  for (size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    to = to * 10 + (text[i] - '0');
  }
  if (mark && text[digits] != mark) return false;
  text.remove_prefix(digits + (mark ? 1 : 0));
  return true;
}

bool take_fraction(std::string_view &text) {
  if (!text.starts_with('.')) return true;
  const size_t end = text.find_first_not_of("0123456789", 1);
  if (end == std::string_view::npos || end == 1) return false;
  text.remove_prefix(end);
  return true;
}

bool take_offset(std::string_view &text, int64_t &offset_s) {
  if (text == "Z") return true;
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return false;
  const int sign = text.front() == '+' ? 1 : -1;
  text.remove_prefix(1);
  int hours = 0, minutes = 0;
  if (!take(text, 2, ':', hours) || !take(text, 2, 0, minutes) || !text.empty() || hours > 23 || minutes > 59)
    return false;
  offset_s = sign * (hours * 3600 + minutes * 60);
  return true;
}

}  // namespace

std::optional<int64_t> read_unix_seconds(std::string_view text) {
  int64_t then = 0;
  const char *end = text.data() + text.size();
  const auto [read, fault] = std::from_chars(text.data(), end, then);
  if (text.size() > kUnixMax || fault != std::errc() || read != end || then < 0) return std::nullopt;
  return then;
}

std::optional<int64_t> read_iso_instant(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  int64_t offset_s = 0;
  if (text.size() > kIsoMax || !take(text, 4, '-', year) || !take(text, 2, '-', month) || !take(text, 2, 'T', day) ||
      !take(text, 2, ':', hour) || !take(text, 2, ':', minute) || !take(text, 2, 0, second) || !take_fraction(text) ||
      !take_offset(text, offset_s))
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * 86'400 + hour * 3600 + minute * 60 + second - offset_s;
}

}  // namespace webhook
