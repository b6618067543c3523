#include "core/net/http_response.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "core/base/text.hpp"
#include "core/net/http_text.hpp"

namespace signalbox::net {
namespace {

struct Phrase {
  int status;
  std::string_view text;
};

// Sorted by status.
constexpr Phrase kPhrases[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {425, "Too Early"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
    {511, "Network Authentication Required"},
};
static_assert(std::is_sorted(std::begin(kPhrases), std::end(kPhrases),
                             [](const Phrase &a, const Phrase &b) { return a.status < b.status; }));

// What only the server may say: two of them in one message could be read in two ways.
bool is_framing(std::string_view name, int status) {
  if (equal_ignoring_case(name, "content-length") || equal_ignoring_case(name, "transfer-encoding")) return true;
  return equal_ignoring_case(name, "connection") && status != 101;
}

Status check_header(const HeaderView &h, int status) {
  if (!is_token(h.name)) return Status::error("the name of a response header is empty or not a token");
  if (!is_field_text(h.value))
    return Status::error("the value of the response header " + std::string(h.name) +
                         " has a line end or another control byte");
  if (is_framing(h.name, status))
    return Status::error("the response header " + std::string(h.name) + " is the server's to set");
  return {};
}

void append_header(std::string &out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void append_framing(std::string &out, const HttpResponseHead &head) {
  if (head.status == 101) return;  // the caller's Connection: upgrade
  bool close = !head.keep_alive;
  if (status_has_body(head.status)) {
    if (head.content_length) {
      append_header(out, "Content-Length", std::to_string(*head.content_length));
    } else if (head.chunked) {
      append_header(out, "Transfer-Encoding", "chunked");
    } else {
      close = true;
    }
  }
  // The Upgrade header of a 426 counts for this connection only.
  append_header(out, "Connection",
                head.status == 426 ? (close ? "close, upgrade" : "keep-alive, upgrade")
                : close            ? "close"
                                   : "keep-alive");
}

}  // namespace

std::string_view reason_phrase(int status) {
  const auto *const found = std::lower_bound(std::begin(kPhrases), std::end(kPhrases), status,
                                             [](const Phrase &p, int wanted) { return p.status < wanted; });
  return found != std::end(kPhrases) && found->status == status ? found->text : "Status";
}

bool status_has_body(int status) { return status >= 200 && status != 204 && status != 304; }

Status encode_response_head(std::string &out, const HttpResponseHead &head) {
  if (head.status < 100 || head.status > 999)
    return Status::error("the response status " + std::to_string(head.status) + " is not a number of three digits");
  if (!is_field_text(head.date)) return Status::error("the date of a response has a control byte");
  bool dated = head.date.empty();
  for (const HeaderView &h : head.headers) {
    if (Status bad = check_header(h, head.status); !bad.ok()) return bad;
    dated |= equal_ignoring_case(h.name, "date");
  }
  out.append("HTTP/1.1 ").append(std::to_string(head.status)).append(" ").append(reason_phrase(head.status));
  out.append("\r\n");
  if (!dated) append_header(out, "Date", head.date);
  for (const HeaderView &h : head.headers) append_header(out, h.name, h.value);
  append_framing(out, head);
  out.append("\r\n");
  return {};
}

size_t encode_chunk_header(char out[kChunkHeaderMax], uint64_t size) {
  const auto [end, error] = std::to_chars(out, out + kChunkHeaderMax - kChunkEnd.size(), size, 16);
  static_cast<void>(error);  // 16 digits hold 64 bits
  std::copy(kChunkEnd.begin(), kChunkEnd.end(), end);
  return static_cast<size_t>(end - out) + kChunkEnd.size();
}

void append_chunk(std::string &out, std::string_view data) {
  if (data.empty()) return;
  char header[kChunkHeaderMax];
  out.append(header, encode_chunk_header(header, data.size())).append(data).append(kChunkEnd);
}

}  // namespace signalbox::net
