#include "core/net/http_fetch.hpp"

#include <utility>

#include "core/base/limits.hpp"

namespace signalbox::net {
namespace {

io::DialOptions dial_options(const FetchOptions &options) {
  io::DialOptions dial;
  dial.url = (options.url.tls ? "tls://" : "tcp://") + options.url.host + ":" + std::to_string(options.url.port);
  dial.timeout_ns = options.timeout_ns;
  dial.tls = options.tls;
  return dial;
}

// The stream says "cannot connect to 192.0.2.1:443: Connection refused": only the reason, behind the last colon, tells
// nothing of the request.
std::string reason_of(const std::string &text) {
  const size_t colon = text.rfind(": ");
  return colon == std::string::npos ? "no address could be connected to" : text.substr(colon + 2);
}

}  // namespace

HttpFetch::HttpFetch(io::Lane &lane, FetchOptions options, Done done)
    : lane_(lane),
      wire_(std::move(options.wire)),
      reader_({limits::kFetchHeadMax, options.body_max}, options.head),
      done_(std::move(done)),
      stream_(lane, dial_options(options), *this) {
  deadline_ = lane_.timer(options.timeout_ns, 0, [this](io::TimerId) {
    deadline_ = 0;
    finish(FetchEnd::timed_out, "the server did not answer in time");
  });
}

HttpFetch::~HttpFetch() {
  if (deadline_) lane_.cancel(deadline_);
}

void HttpFetch::abandon() {
  done_ = nullptr;
  if (deadline_) lane_.cancel(std::exchange(deadline_, 0));
  stream_.set_reading(false);
}

void HttpFetch::on_open() {
  if (!done_) return;
  opened_ = true;
  stream_.send(wire_);
  wire_ = {};
}

void HttpFetch::on_data(std::string_view bytes) {
  if (done_) judge(reader_.feed(bytes));
}

void HttpFetch::on_close(io::StreamEnd why, const std::string &text) {
  if (!done_) return;
  if (why == io::StreamEnd::timed_out) return finish(FetchEnd::timed_out, "the server could not be reached in time");
  if (opened_) return judge(reader_.end(why == io::StreamEnd::closed_by_peer));
  // What the handshake failed of; other words would be about the server's name.
  if (why == io::StreamEnd::protocol)
    return finish(FetchEnd::protocol, text.starts_with("TLS handshake failed: ") ? text : "TLS cannot begin");
  finish(FetchEnd::refused, "cannot connect to the server: " + reason_of(text));
}

void HttpFetch::judge(HttpAnswerReader::State state) {
  switch (state) {
    case HttpAnswerReader::State::reading:
      return;
    case HttpAnswerReader::State::complete:
      return finish(FetchEnd::answered, {});
    case HttpAnswerReader::State::malformed:
      return finish(FetchEnd::protocol, std::string(reader_.reason()));
    case HttpAnswerReader::State::too_big:
      return finish(FetchEnd::too_big, std::string(reader_.reason()));
    case HttpAnswerReader::State::cut_off:
      return finish(FetchEnd::closed, std::string(reader_.reason()));
  }
}

void HttpFetch::finish(FetchEnd end, std::string text) {
  if (!done_) return;
  const Done done = std::move(done_);
  abandon();
  Fetched fetched{end, {}, std::move(text)};
  if (end == FetchEnd::answered) fetched.answer = std::move(reader_.answer());
  done(std::move(fetched));
}

}  // namespace signalbox::net
