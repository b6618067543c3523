// Dates as HTTP writes them: IMF-fixdate, "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::net {

std::string http_date(int64_t unix_s);

// The Date header's text, made once a second.  One per lane.
class HttpDateCache {
 public:
  // Valid until the next call.
  std::string_view text(int64_t unix_s);

 private:
  int64_t made_for_s_ = INT64_MIN;
  std::string text_;
};

}  // namespace signalbox::net
