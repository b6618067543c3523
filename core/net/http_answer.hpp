// HttpAnswerReader: what a server answers to one request over HTTP/1.1 (RFC 9112), read strictly and within bounds.
// Fed with bytes however they are cut; pure.  Owned by the exchange that sent the request.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/net/http_head.hpp"

namespace signalbox::net {

struct HttpAnswer {
  int status = 0;                   // 200 to 999: interim answers are passed over
  std::vector<HttpHeader> headers;  // in the order sent; trailers are dropped
  std::string body;                 // as sent, without the chunks
};

class HttpAnswerReader {
 public:
  enum class State {
    reading,
    complete,   // answer() is whole
    malformed,  // not HTTP, or its length is ambiguous
    too_big,    // the head or the body is over its limit
    cut_off,    // the connection ended first
  };
  struct Limits {
    size_t head_max;
    uint64_t body_max;
  };

  // `to_head`: the request was HEAD, whose answer has no body whatever its headers say.
  HttpAnswerReader(Limits limits, bool to_head);
  ~HttpAnswerReader();
  HttpAnswerReader(HttpAnswerReader &&) noexcept;
  HttpAnswerReader &operator=(HttpAnswerReader &&) noexcept;

  // The next bytes.  Ignored once it is not `reading` any more: nothing else was asked for on this connection.
  State feed(std::string_view bytes);
  // Nothing more will come.  `orderly`: the server said so; a connection that broke ends no body.
  State end(bool orderly);
  State state() const;
  // Static plain words on why it is malformed, too big or cut off.
  std::string_view reason() const;
  // REQUIRES: State::complete
  HttpAnswer &answer();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace signalbox::net
