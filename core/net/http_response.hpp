// Writing HTTP/1.1 responses: the head, with its framing decided in one place, and chunks (RFC 9112).  Headers come
// from plugins, so that every name and value is checked: nobody can smuggle a line in.  Pure functions; any thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/status.hpp"
#include "core/net/http_head.hpp"

namespace signalbox::net {

// The standard phrase (RFC 9110 section 15), or "Status" for a code that has none.
std::string_view reason_phrase(int status);

// 1xx, 204 and 304 never have a body.
bool status_has_body(int status);

struct HeaderView {
  std::string_view name, value;
  HeaderView() = default;
  HeaderView(std::string_view n, std::string_view v) : name(n), value(v) {}
  HeaderView(const HttpHeader &h) : name(h.name), value(h.value) {}  // NOLINT(google-explicit-constructor)
};

struct HttpResponseHead {
  int status = 200;
  std::span<const HeaderView> headers;     // any case; none of those that say how the message is framed
  std::optional<uint64_t> content_length;  // also for HEAD: what GET would have sent
  // Without content_length: the body goes in chunks.  With neither, it ends with the connection (HTTP/1.0 streams).
  bool chunked = false;
  bool keep_alive = true;
  std::string_view date;  // http_date(), or empty
};

// Appends the head, up to and with the empty line.  Whether the connection lives on is `keep_alive`, but not when the
// body ends with the connection: encode_response_head() then says `Connection: close`.  On an error nothing is
// appended.
Status encode_response_head(std::string &out, const HttpResponseHead &head);

// "1a2b\r\n" before a chunk's data and kChunkEnd behind it, for writing without a copy.  Returns the size.
// REQUIRES: size > 0, because a chunk of size 0 ends the body
inline constexpr size_t kChunkHeaderMax = 18;
size_t encode_chunk_header(char out[kChunkHeaderMax], uint64_t size);
inline constexpr std::string_view kChunkEnd = "\r\n";
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";
// The whole chunk; nothing for empty data.
void append_chunk(std::string &out, std::string_view data);

inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace signalbox::net
