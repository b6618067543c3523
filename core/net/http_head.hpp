// The head of one HTTP/1.1 request as the parser hands it out (RFC 9112).  A plain value: it owns its text and may be
// kept, moved and read on any thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::net {

struct HttpHeader {
  std::string name;   // lower case
  std::string value;  // without the white space around it
};

struct HttpHead {
  std::string method;  // a token as sent: methods are case-sensitive
  std::string path;    // as sent, still percent-encoded; of an absolute target only its path; "*" for `OPTIONS *`
  std::string query;   // what follows the first '?', without it
  int minor = 1;       // HTTP/1.minor, 0 or 1
  bool keep_alive = true;
  bool has_body = false;         // a Content-Length above 0, or chunks
  bool expect_continue = false;  // the client waits for "100 Continue" before it sends the body
  bool upgrade = false;          // `Connection: upgrade` and an Upgrade header, over HTTP/1.1
  std::optional<uint64_t> content_length;
  std::vector<HttpHeader> headers;

  // The first header of that name, or nothing.  REQUIRES: lower_name is lower case
  std::string_view header(std::string_view lower_name) const {
    for (const HttpHeader &h : headers)
      if (h.name == lower_name) return h.value;
    return {};
  }
  size_t count(std::string_view lower_name) const {
    size_t n = 0;
    for (const HttpHeader &h : headers) n += h.name == lower_name ? 1 : 0;
    return n;
  }
};

}  // namespace signalbox::net
