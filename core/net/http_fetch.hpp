// HttpFetch: one request to somebody else's server and its answer, over a connection of its own.  Owned by HttpClient.
// [lane] everything.  `done` is called once, from one of the lane's handlers and never from inside a call of this
// class; the owner then deletes the fetch, but not in that same call.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/io/stream.hpp"
#include "core/net/http_answer.hpp"
#include "core/net/outbound_request.hpp"

namespace signalbox::net {

enum class FetchEnd { answered, refused, timed_out, protocol, too_big, closed };

struct Fetched {
  FetchEnd end = FetchEnd::answered;
  HttpAnswer answer;  // of `answered`
  std::string text;   // of the others: why, without any part of the request
};

struct FetchOptions {
  std::string wire;  // encode_request()
  HttpUrl url;
  bool head = false;  // the method was HEAD
  int64_t timeout_ns = 0;
  uint64_t body_max = 0;
  std::shared_ptr<io::TlsClientContext> tls;  // for https
};

class HttpFetch final : private io::StreamEvents {
 public:
  using Done = std::function<void(Fetched)>;
  HttpFetch(io::Lane &lane, FetchOptions options, Done done);
  ~HttpFetch();
  HttpFetch(const HttpFetch &) = delete;
  HttpFetch &operator=(const HttpFetch &) = delete;

  void abandon();  // `done` is not called any more

 private:
  void on_open() override;
  void on_data(std::string_view bytes) override;
  void on_drain() override {}
  void on_close(io::StreamEnd why, const std::string &text) override;
  void judge(HttpAnswerReader::State state);
  void finish(FetchEnd end, std::string text);

  io::Lane &lane_;
  std::string wire_;
  HttpAnswerReader reader_;
  Done done_;  // empty: it was called
  bool opened_ = false;
  io::TimerId deadline_ = 0;
  io::Stream stream_;
};

}  // namespace signalbox::net
