// HttpGate: finds the end of a request head and refuses, line by line, whatever is not strictly RFC 9112, before a
// parser sees it: bare CR or LF, folded lines, spaces before the colon, control bytes, wrong versions, too long, too
// many. Owned by HttpParser.  Remembers where it stopped, so a sender of single bytes costs no more than any other.
#pragma once
#include <cstddef>
#include <string_view>

#include "core/net/http_parser.hpp"

namespace signalbox::net {

HttpParser::Step http_error(int status, std::string_view reason);

// A `name: value` line without its CRLF.  Kind::error, or Kind::need_more if there is nothing to say against it.
HttpParser::Step check_field_line(std::string_view line);

class HttpGate {
 public:
  explicit HttpGate(size_t headers_max) : headers_max_(headers_max) {}
  // Kind::need_more, Kind::error, or Kind::head: then the head is [begin(), consumed) of the bytes, every line checked.
  HttpParser::Step scan(std::string_view bytes);
  size_t begin() const { return begin_; }

 private:
  HttpParser::Step check_line(std::string_view line);

  size_t headers_max_;
  size_t begin_ = 0;      // of the request line: empty lines before it are skipped
  size_t line_ = 0;       // where the line begins that is not complete yet
  size_t scanned_ = 0;    // no LF between line_ and here
  size_t fields_ = 0;     // lines seen after the request line
  bool started_ = false;  // the request line was seen
};

}  // namespace signalbox::net
