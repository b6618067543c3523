#include "core/net/http_date.hpp"

#include <ctime>

namespace signalbox::net {

std::string http_date(int64_t unix_s) {
  static constexpr const char *kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char *kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm t{};
  const std::time_t seconds = unix_s;
  // strftime would speak the locale's language.
  if (gmtime_r(&seconds, &t) == nullptr) return {};
  const auto two = [](int value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  std::string out = kDays[t.tm_wday];
  out += ", " + two(t.tm_mday) + ' ' + kMonths[t.tm_mon] + ' ' + std::to_string(t.tm_year + 1900);
  out += ' ' + two(t.tm_hour) + ':' + two(t.tm_min) + ':' + two(t.tm_sec) + " GMT";
  return out;
}

std::string_view HttpDateCache::text(int64_t unix_s) {
  if (unix_s != made_for_s_) {
    text_ = http_date(unix_s);
    made_for_s_ = unix_s;
  }
  return text_;
}

}  // namespace signalbox::net
