// HttpParser: one connection's HTTP/1.1 requests, step by step, from bytes that come cut at any place (RFC 9112).
// Owned by the connection, on its lane; freed at an upgrade.  It is strict on purpose: whatever two servers could read
// differently (request smuggling) is refused.  What it answers depends on the bytes only, never on how they were cut.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/net/http_head.hpp"

namespace signalbox::net {

class HttpParser {
 public:
  struct Limits {
    size_t headers_max;  // request line and headers together; also the trailers of a chunked body
    uint64_t body_max;
  };
  enum class Kind {
    need_more,  // feed the unconsumed bytes again with more behind them
    head,       // head() is there
    body,       // a piece of the body, never empty
    complete,   // the request is over; reset() before the next one
    error,      // answer with `status` and close; nothing more can be read from this connection
  };
  struct Step {
    Kind kind = Kind::need_more;
    size_t consumed = 0;
    std::string_view body;    // points into the bytes given
    int status = 0;           // 400, 413, 414, 417, 431, 501 or 505
    std::string_view reason;  // plain words, static
  };

  explicit HttpParser(Limits limits);
  ~HttpParser();
  HttpParser(HttpParser &&) noexcept;
  HttpParser &operator=(HttpParser &&) noexcept;

  // The next step of what was not consumed yet.  Cheap for slow senders: bytes once scanned are not scanned again.
  // REQUIRES: the bytes begin with those that the last call left unconsumed
  Step next(std::string_view bytes);
  // REQUIRES: a step of Kind::head since construction or reset()
  const HttpHead &head() const;
  // REQUIRES: between Kind::head and the next call of next()
  void set_body_max(uint64_t body_max);
  // For the next request on the connection.
  void reset(Limits limits);
  // Gives back what the request that is over holds; there is no head() until the one after the next reset().
  void rest();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;  // none while it rests
};

}  // namespace signalbox::net
