#include "plugins/sources/redis/url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace redis {
namespace {

constexpr uint32_t kDbMax = 65535;  // Redis has 16 unless told otherwise

std::optional<std::string> percent_decode(std::string_view s) {
  auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  std::string out;
  for (size_t i = 0; i < s.size(); ++i) {
    if (s[i] != '%') {
      out += s[i];
      continue;
    }
    if (i + 2 >= s.size() || digit(s[i + 1]) < 0 || digit(s[i + 2]) < 0) return std::nullopt;
    out += static_cast<char>(digit(s[i + 1]) * 16 + digit(s[i + 2]));
    i += 2;
  }
  if (out.find('\0') != std::string::npos) return std::nullopt;
  return out;
}

std::optional<uint32_t> number(std::string_view s, uint32_t max) {
  uint32_t value = 0;
  auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
  if (s.empty() || error != std::errc() || end != s.data() + s.size() || value > max) return std::nullopt;
  return value;
}

// Takes "user:password@" from the front.  The last '@' ends it: people paste passwords unescaped.
std::optional<UrlError> take_login(std::string_view &authority, Url &url) {
  size_t at = authority.rfind('@');
  if (at == std::string_view::npos) return {};
  std::string_view login = authority.substr(0, at);
  authority.remove_prefix(at + 1);
  size_t colon = login.find(':');
  auto user = percent_decode(login.substr(0, colon));
  auto password = percent_decode(colon == std::string_view::npos ? std::string_view() : login.substr(colon + 1));
  if (!user || !password) return UrlError{"a percent escape in its user or password is broken; write '%25' for '%'"};
  url.username = *user;
  url.password = *password;
  return {};
}

bool host_characters(std::string_view host) {
  for (char c : host) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!plain && c != '.' && c != '-' && c != '_' && c != ':' && c != '%') return false;
  }
  return !host.empty();
}

std::optional<UrlError> take_host(std::string_view authority, Url &url) {
  std::string_view host = authority, port;
  if (host.starts_with('[')) {
    size_t close = host.find(']');
    if (close == std::string_view::npos) return UrlError{"its IPv6 address has no closing ']'"};
    port = host.substr(close + 1);
    host = host.substr(1, close - 1);
    if (!port.empty() && port[0] != ':') return UrlError{"there is something between ']' and its port"};
    if (!port.empty()) port.remove_prefix(1);
  } else if (size_t colon = host.find(':'); colon != std::string_view::npos) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
    if (port.find(':') != std::string_view::npos)
      return UrlError{"an IPv6 address is written in brackets: redis://[::1]:6379"};
  }
  if (host.empty()) return UrlError{"it has no host; write redis://HOST:6379 or unix:///path/to/redis.sock"};
  if (!host_characters(host)) return UrlError{"its host has characters that no host name has"};
  auto number_of_port = port.empty() ? std::optional<uint32_t>(6379) : number(port, 65535);
  if (!number_of_port || *number_of_port == 0) return UrlError{"its port is not a number from 1 to 65535"};
  bool v6 = host.find(':') != std::string_view::npos;
  std::string address =
      (v6 ? "[" + std::string(host) + "]" : std::string(host)) + ":" + std::to_string(*number_of_port);
  url.dial = (url.tls ? "tls://" : "tcp://") + address;
  url.shown = (url.tls ? "rediss://" : "redis://") + address;
  return {};
}

std::optional<UrlError> take_db(std::string_view text, Url &url) {
  auto db = number(text, kDbMax);
  if (!db) return UrlError{"its database is not a number from 0 to 65535"};
  url.db = *db;
  return {};
}

// "db=3" is the one parameter there is.
std::optional<UrlError> take_query(std::string_view query, Url &url) {
  while (!query.empty()) {
    std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(one.size() + 1, query.size()));
    if (!one.starts_with("db=")) return UrlError{"behind '?' only db=NUMBER is understood"};
    if (auto error = take_db(one.substr(3), url)) return error;
  }
  return {};
}

std::variant<Url, UrlError> parse_unix(std::string_view rest) {
  Url url;
  size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return UrlError{"it has no path; write unix:///path/to/redis.sock"};
  std::string_view authority = rest.substr(0, slash);
  if (auto error = take_login(authority, url)) return *error;
  if (!authority.empty()) return UrlError{"a unix socket has no host: three slashes, unix:///path/to/redis.sock"};
  std::string_view path = rest.substr(slash), query;
  if (size_t mark = path.find('?'); mark != std::string_view::npos) {
    query = path.substr(mark + 1);
    path = path.substr(0, mark);
  }
  auto decoded = percent_decode(path);
  if (!decoded) return UrlError{"a percent escape in its path is broken"};
  if (decoded->size() < 2) return UrlError{"it has no path; write unix:///path/to/redis.sock"};
  url.dial = url.shown = "unix://" + *decoded;
  if (auto error = take_query(query, url)) return *error;
  return url;
}

}  // namespace

std::variant<Url, UrlError> parse_url(std::string_view text) {
  for (char c : text)
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7F)
      return UrlError{"there is a blank or a control character in it"};
  size_t colon = text.find("://");
  if (colon == std::string_view::npos) return UrlError{"it does not begin with redis://, rediss:// or unix://"};
  std::string_view scheme = text.substr(0, colon), rest = text.substr(colon + 3);
  if (scheme == "unix" || scheme == "redis+unix") return parse_unix(rest);
  if (scheme != "redis" && scheme != "rediss") return UrlError{"it does not begin with redis://, rediss:// or unix://"};

  Url url;
  url.tls = scheme == "rediss";
  if (rest.find('#') != std::string_view::npos) return UrlError{"there is a '#' in it; in a password write '%23'"};
  // A password may hold '/' and '?': what comes before the last '@' is the login.
  size_t login_end = rest.rfind('@');
  size_t tail = rest.find_first_of("/?", login_end == std::string_view::npos ? 0 : login_end);
  std::string_view authority = rest.substr(0, tail), path, query;
  if (tail != std::string_view::npos) path = rest.substr(tail);
  if (size_t mark = path.find('?'); mark != std::string_view::npos) {
    query = path.substr(mark + 1);
    path = path.substr(0, mark);
  }
  if (auto error = take_login(authority, url)) return *error;
  if (auto error = take_host(authority, url)) return *error;
  if (path.size() > 1)
    if (auto error = take_db(path.substr(1), url)) return *error;
  if (auto error = take_query(query, url)) return *error;
  return url;
}

}  // namespace redis
