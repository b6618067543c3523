// Redis URLs: redis://[user[:password]@]host[:port][/db], rediss:// (TLS), unix:///path[?db=N], redis+unix:///path.
// Percent escapes are decoded.  An error message never quotes the URL: there may be a password in it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace redis {

struct Url {
  std::string dial;   // for sbx.stream/1: tcp://host:port, tls://host:port, unix:///path
  std::string shown;  // for messages: without user and password
  std::string username, password;
  uint32_t db = 0;
  bool tls = false;
};
struct UrlError {
  std::string text;
};

std::variant<Url, UrlError> parse_url(std::string_view text);

}  // namespace redis
