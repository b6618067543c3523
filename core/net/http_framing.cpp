#include "core/net/http_framing.hpp"

#include <algorithm>
#include <charconv>

#include "core/base/text.hpp"
#include "core/net/authority.hpp"
#include "core/net/http_gate.hpp"
#include "core/net/http_text.hpp"

namespace signalbox::net {
namespace {

using Kind = HttpParser::Kind;
using Step = HttpParser::Step;

// More digits than any real length has, and few enough that 64 bits hold them.
constexpr size_t kLengthDigitsMax = 18;

void split_query(HttpHead &head, std::string_view path_and_query) {
  const size_t mark = path_and_query.find('?');
  head.path = path_and_query.substr(0, mark);
  head.query = mark == std::string_view::npos ? std::string_view{} : path_and_query.substr(mark + 1);
}

Step judge_absolute(HttpHead &head, std::string_view target, size_t authority_at) {
  const size_t end = std::min(target.find_first_of("/?", authority_at), target.size());
  const std::string scheme = to_lower(target.substr(0, authority_at - 3));
  const auto authority = parse_authority(target.substr(authority_at, end - authority_at));
  if ((scheme != "http" && scheme != "https") || !authority)
    return http_error(400, "the absolute target is not an http:// or https:// URL");
  if (const std::string_view host = head.header("host"); !host.empty()) {
    const auto named = parse_authority(host);
    const uint16_t implied = default_port(scheme);
    if (!named || named->host != authority->host || named->port.value_or(implied) != authority->port.value_or(implied))
      return http_error(400, "the absolute target names another host than the Host header");
  }
  const std::string_view rest = target.substr(end);
  split_query(head, rest);
  if (head.path.empty()) head.path = head.method == "OPTIONS" && rest.empty() ? "*" : "/";
  return {};
}

Step judge_host(const HttpHead &head) {
  const size_t hosts = head.count("host");
  if (hosts > 1) return http_error(400, "there is more than one Host header");
  if (hosts == 0) return head.minor == 0 ? Step{} : http_error(400, "there is no Host header, which HTTP/1.1 wants");
  const std::string_view host = head.header("host");
  if (!host.empty() && !parse_authority(host)) return http_error(400, "the Host header is not host[:port]");
  return {};
}

Step judge_length(HttpHead &head) {
  if (head.count("content-length") == 0) return {};
  if (head.count("content-length") > 1) return http_error(400, "there is more than one Content-Length header");
  const std::string_view text = head.header("content-length");
  if (text.empty() || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return http_error(400, "the Content-Length is not a number");
  if (text.size() > kLengthDigitsMax) return http_error(413, "the Content-Length is too big");
  uint64_t length = 0;
  std::from_chars(text.data(), text.data() + text.size(), length);
  head.content_length = length;
  head.has_body = length > 0;
  return {};
}

Step judge_coding(HttpHead &head, bool &chunked) {
  const size_t codings = head.count("transfer-encoding");
  if (codings == 0) return {};
  if (head.minor == 0) return http_error(400, "HTTP/1.0 knows no Transfer-Encoding");
  if (head.count("content-length") > 0) return http_error(400, "there are both Content-Length and Transfer-Encoding");
  if (codings > 1) return http_error(400, "there is more than one Transfer-Encoding header");
  std::string_view list = head.header("transfer-encoding");
  if (!equal_ignoring_case(list, "chunked")) {
    const size_t comma = list.rfind(',');
    const bool chunked_last =
        comma != std::string_view::npos && equal_ignoring_case(trim(list.substr(comma + 1)), "chunked");
    if (!chunked_last) return http_error(400, "the Transfer-Encoding does not end with chunked");
    if (list_has(list.substr(0, comma), "chunked")) return http_error(400, "the Transfer-Encoding has chunked twice");
    return http_error(501, "of all transfer encodings only chunked is understood");
  }
  chunked = true;
  head.has_body = true;
  return {};
}

Step judge_connection(HttpHead &head) {
  bool close = false, keep = false, upgrade = false;
  for (const HttpHeader &h : head.headers) {
    if (h.name != "connection") continue;
    std::string_view list = h.value;
    while (const auto word = next_in_list(list)) {
      close |= equal_ignoring_case(*word, "close");
      keep |= equal_ignoring_case(*word, "keep-alive");
      upgrade |= equal_ignoring_case(*word, "upgrade");
    }
  }
  head.keep_alive = !close && (head.minor == 1 || keep);
  head.upgrade = upgrade && head.minor == 1 && !head.header("upgrade").empty();
  const std::string_view expect = head.header("expect");
  if (head.minor == 0 || head.count("expect") == 0) return {};
  if (head.count("expect") > 1 || !equal_ignoring_case(expect, "100-continue"))
    return http_error(417, "of all expectations only 100-continue is understood");
  head.expect_continue = head.has_body;
  return {};
}

}  // namespace

Step judge_target(HttpHead &head, std::string_view target) {
  if (head.method == "CONNECT") return http_error(501, "this is not a proxy: CONNECT is not understood");
  if (target[0] == '/') {
    split_query(head, target);
    return {};
  }
  if (target == "*") {
    if (head.method != "OPTIONS") return http_error(400, "the target * goes with OPTIONS only");
    head.path = target;
    return {};
  }
  const size_t colon = target.find("://");
  if (colon == std::string_view::npos) return http_error(400, "the target is neither a path nor a URL");
  return judge_absolute(head, target, colon + 3);
}

Step judge_framing(HttpHead &head, bool &chunked) {
  if (const Step bad = judge_host(head); bad.kind == Kind::error) return bad;
  if (const Step bad = judge_coding(head, chunked); bad.kind == Kind::error) return bad;
  if (const Step bad = judge_length(head); bad.kind == Kind::error) return bad;
  return judge_connection(head);
}

}  // namespace signalbox::net
