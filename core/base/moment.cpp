#include "core/base/moment.hpp"

#include <charconv>

namespace signalbox {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;
// The last second whose nanoseconds fit.
constexpr int64_t kSecondsMax = INT64_MAX / kSecondNs - 1;
constexpr size_t kFractionDigits = 9;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// `count` digits at the front, taken off.
std::optional<int64_t> take_digits(std::string_view &rest, size_t count) {
  if (count == 0 || rest.size() < count) return std::nullopt;
  int64_t value = 0;
  const auto [end, fault] = std::from_chars(rest.data(), rest.data() + count, value);
  if (!is_digit(rest.front()) || fault != std::errc() || end != rest.data() + count) return std::nullopt;
  rest.remove_prefix(count);
  return value;
}

size_t digits_at_front(std::string_view text) {
  size_t n = 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  return n;
}

bool take(std::string_view &rest, char wanted) {
  if (rest.empty() || rest.front() != wanted) return false;
  rest.remove_prefix(1);
  return true;
}

// ".5" -> nanoseconds; 0 where there is none.
std::optional<int64_t> take_fraction(std::string_view &rest) {
  if (!take(rest, '.')) return 0;
  const size_t digits = digits_at_front(rest);
  if (digits > kFractionDigits) return std::nullopt;
  auto value = take_digits(rest, digits);
  for (size_t n = digits; value && n < kFractionDigits; ++n) *value *= 10;
  return value;
}

std::optional<int64_t> moment_of(int64_t seconds, int64_t nanoseconds) {
  if (seconds < 0 || seconds > kSecondsMax) return std::nullopt;
  return seconds * kSecondNs + nanoseconds;
}

// Days since 1970-01-01 in the Gregorian calendar, counted in eras of 400 years that begin with March.
int64_t days_of(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const int64_t era = year / 400, year_of_era = year % 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

int64_t days_in(int64_t year, int64_t month) {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// RFC 3339 section 5.6: "Z" or "+02:00", as seconds.
std::optional<int64_t> take_offset(std::string_view &rest) {
  if (take(rest, 'Z') || take(rest, 'z')) return 0;
  const int64_t sign = take(rest, '-') ? -1 : 1;
  if (sign > 0 && !take(rest, '+')) return std::nullopt;
  const auto hours = take_digits(rest, 2);
  const bool colon = take(rest, ':');
  const auto minutes = take_digits(rest, 2);
  if (!hours || !colon || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return sign * (*hours * 3600 + *minutes * 60);
}

std::optional<int64_t> parse_rfc3339(std::string_view rest) {
  constexpr char kAfter[] = {'-', '-', 'T', ':', ':'};
  int64_t parts[6] = {};  // year to second
  for (size_t i = 0; i < 6; ++i) {
    const auto part = take_digits(rest, i == 0 ? 4 : 2);
    if (!part) return std::nullopt;
    parts[i] = *part;
    if (i < 5 && !take(rest, kAfter[i]) && !(i == 2 && (take(rest, 't') || take(rest, ' ')))) return std::nullopt;
  }
  const auto &[year, month, day, hour, minute, second] = parts;
  const auto fraction = take_fraction(rest);
  const auto offset = take_offset(rest);
  if (!fraction || !offset || !rest.empty() || month < 1 || month > 12 || day < 1 || day > days_in(year, month) ||
      hour > 23 || minute > 59 || second > 59)
    return std::nullopt;
  return moment_of(days_of(year, month, day) * 86'400 + hour * 3600 + minute * 60 + second - *offset, *fraction);
}

int64_t seconds_of(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    case 'd':
      return 86'400;
    default:
      return 0;
  }
}

}  // namespace

std::optional<int64_t> parse_moment(std::string_view text, int64_t now_ns) {
  std::string_view rest = text;
  const size_t digits = digits_at_front(rest);
  if (digits == 4 && text.size() > 4 && text[4] == '-') return parse_rfc3339(text);
  const auto number = digits <= 12 ? take_digits(rest, digits) : std::nullopt;
  if (!number) return std::nullopt;
  if (rest.size() == 1 && seconds_of(rest[0]) > 0) {
    const int64_t now_s = now_ns / kSecondNs;
    if (*number > now_s / seconds_of(rest[0])) return std::nullopt;
    return now_ns - *number * seconds_of(rest[0]) * kSecondNs;
  }
  const auto fraction = take_fraction(rest);
  if (!fraction || !rest.empty()) return std::nullopt;
  return moment_of(*number, *fraction);
}

}  // namespace signalbox
