#include "core/net/http_gate.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/net/http_text.hpp"

namespace signalbox::net {
namespace {

using Kind = HttpParser::Kind;
using Step = HttpParser::Step;

// The first byte of a TLS record that carries a handshake (RFC 8446 section 5.1).
constexpr char kTlsHandshake = 0x16;

Step check_first_byte(char c) {
  if (c == kTlsHandshake)
    return http_error(
        400, "this port speaks plain HTTP and the client began with TLS; use http:// or give the listener tls");
  // An empty line is judged by its line.
  if (c == '\r' || c == '\n' || is_token_char(static_cast<unsigned char>(c))) return {};
  return http_error(400, "the first byte is not the begin of an HTTP request");
}

Step check_version(std::string_view version) {
  const auto digit = [&](size_t i) { return version[i] >= '0' && version[i] <= '9'; };
  if (version.size() != 8 || !version.starts_with("HTTP/") || !digit(5) || version[6] != '.' || !digit(7))
    return http_error(400, "the request line does not end with an HTTP version");
  if (version == "HTTP/1.1" || version == "HTTP/1.0") return {};
  if (version == "HTTP/2.0") return http_error(505, "HTTP/2 is not spoken here, only HTTP/1.1");
  return http_error(505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
}

Step check_request_line(std::string_view line) {
  const size_t method_end = line.find(' ');
  if (method_end == std::string_view::npos) return http_error(400, "the request line has no target");
  if (!is_token(line.substr(0, method_end))) return http_error(400, "the method is not a token");
  if (method_end > limits::kHttpMethodMax) return http_error(400, "the method is too long");
  const std::string_view rest = line.substr(method_end + 1);
  const size_t target_end = rest.find(' ');
  if (target_end == std::string_view::npos)
    return http_error(400, "the request line has no HTTP version (HTTP/0.9 is not spoken here)");
  const std::string_view target = rest.substr(0, target_end);
  if (target.empty()) return http_error(400, "the request line has two spaces or no target");
  if (std::any_of(target.begin(), target.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
    return http_error(400, "the target has a control byte");
  if (target.find('#') != std::string_view::npos) return http_error(400, "the target has a fragment (#)");
  return check_version(rest.substr(target_end + 1));
}

}  // namespace

Step http_error(int status, std::string_view reason) { return {Kind::error, 0, {}, status, reason}; }

Step check_field_line(std::string_view line) {
  if (line[0] == ' ' || line[0] == '\t') return http_error(400, "a header is folded over several lines");
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return http_error(400, "a header has no colon");
  if (!is_token(line.substr(0, colon))) return http_error(400, "the name of a header is empty or not a token");
  if (!is_field_text(line.substr(colon + 1))) return http_error(400, "the value of a header has a control byte");
  return {};
}

Step HttpGate::check_line(std::string_view line) {
  if (!started_) {
    started_ = true;
    return check_request_line(line);
  }
  if (++fields_ > limits::kHttpHeadersMax) return http_error(431, "too many headers");
  return check_field_line(line);
}

Step HttpGate::scan(std::string_view bytes) {
  for (;;) {
    if (!started_ && bytes.size() > line_)
      if (const Step bad = check_first_byte(bytes[line_]); bad.kind == Kind::error) return bad;
    const std::string_view window = bytes.substr(0, headers_max_);
    const size_t lf = window.find('\n', scanned_);
    const size_t line_end = std::min(lf, window.size());
    if (!started_ && line_end - line_ > limits::kHttpRequestLineMax)
      return http_error(414, "the request line is too long");
    if (lf == std::string_view::npos) {
      scanned_ = window.size();
      if (bytes.size() >= headers_max_)
        return started_ ? http_error(431, "the headers are too long") : http_error(414, "the request line is too long");
      return {};
    }
    if (lf == line_ || bytes[lf - 1] != '\r') return http_error(400, "a line ends with LF alone; HTTP wants CR LF");
    const std::string_view line = bytes.substr(line_, lf - 1 - line_);
    line_ = scanned_ = lf + 1;
    if (line.empty()) {
      if (started_) return {Kind::head, lf + 1, {}, 0, {}};
      // Some old clients send an empty line after a body (RFC 9112 section 2.2).
      begin_ = line_;
      if (begin_ > limits::kHttpEmptyLinesMax) return http_error(400, "too many empty lines before the request");
      continue;
    }
    if (const Step bad = check_line(line); bad.kind == Kind::error) return bad;
  }
}

}  // namespace signalbox::net
