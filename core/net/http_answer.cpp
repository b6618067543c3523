#include "core/net/http_answer.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <charconv>
#include <optional>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "core/net/chunk_decoder.hpp"
#include "core/net/http_response.hpp"
#include "core/net/http_text.hpp"

namespace signalbox::net {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using beast::error_code;

constexpr std::string_view kHeadEnd = "\r\n\r\n";
// More digits than any real length has, and few enough that 64 bits hold them.
constexpr size_t kLengthDigitsMax = 18;

// Beast's parser for the head only, which it is given whole: how the body is framed is judged here, since two readings
// of one framing that differ are what smuggling lives on.
class HeadReader final : public http::basic_parser<false> {
 public:
  explicit HeadReader(HttpAnswer &answer) : answer_(answer) {}
  int minor() const { return minor_; }

 private:
  using Text = beast::string_view;
  static std::string_view view(Text t) { return {t.data(), t.size()}; }

  void on_response_impl(int code, Text, int version, error_code &) override {
    answer_.status = code;
    minor_ = version % 10;
  }
  void on_field_impl(http::field, Text name, Text value, error_code &error) override {
    if (answer_.headers.size() >= limits::kHttpHeadersMax || !is_field_text(view(value)))
      error = http::error::bad_field;
    else
      answer_.headers.push_back({to_lower(view(name)), std::string(view(value))});
  }
  void on_request_impl(http::verb, Text, Text, int, error_code &) override {}
  void on_header_impl(error_code &) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t> &, error_code &) override {}
  size_t on_body_impl(Text, error_code &) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, Text, error_code &) override {}
  size_t on_chunk_body_impl(std::uint64_t, Text, error_code &) override { return 0; }
  void on_finish_impl(error_code &) override {}

  HttpAnswer &answer_;
  int minor_ = 1;
};

}  // namespace

struct HttpAnswerReader::Impl {
  enum class Part { head, length_body, chunks, body_to_end };

  Impl(Limits l, bool h) : limits(l), to_head(h), chunks(l.head_max) {}
  State fail(State why, std::string_view words) {
    reason = words;
    return state = why;
  }
  void read_head();
  void begin_body(int minor);
  void begin_length(std::string_view digits);
  void read_chunks();
  void take_body(size_t most);
  const HttpHeader *only(std::string_view lower_name);

  Limits limits;
  bool to_head;
  State state = State::reading;
  std::string_view reason;
  Part part = Part::head;
  HttpAnswer answer;
  std::string bytes;  // that were not understood yet
  size_t scanned = 0, head_bytes = 0;
  uint64_t left = 0;
  ChunkDecoder chunks;
};

void HttpAnswerReader::Impl::read_head() {
  const size_t end = bytes.find(kHeadEnd, scanned);
  const size_t size = end == std::string::npos ? bytes.size() : end + kHeadEnd.size();
  if (head_bytes + size > limits.head_max) return void(fail(State::too_big, "the head of the answer is too long"));
  if (end == std::string::npos) {
    scanned = bytes.size() - std::min(bytes.size(), kHeadEnd.size() - 1);
    return;
  }
  answer = {};
  HeadReader reader(answer);
  reader.header_limit(static_cast<uint32_t>(size + 1));
  reader.body_limit(boost::none);
  error_code error;
  const size_t used = reader.put(boost::asio::const_buffer(bytes.data(), size), error);
  if (error || used != size || !reader.is_header_done() || answer.status < 100 || answer.status == 101)
    return void(fail(State::malformed, "the head of the answer is malformed"));
  bytes.erase(0, size);
  head_bytes += size;  // interim answers count too: they cannot go on for ever
  scanned = 0;
  if (answer.status >= 200) begin_body(reader.minor());
}

// The header of that name, or nothing; more than one makes the answer malformed.
const HttpHeader *HttpAnswerReader::Impl::only(std::string_view lower_name) {
  const HttpHeader *found = nullptr;
  for (const HttpHeader &h : answer.headers) {
    if (h.name != lower_name) continue;
    if (found) fail(State::malformed, "the length of the answer's body is ambiguous");
    found = &h;
  }
  return found;
}

// RFC 9112 section 6.3.
void HttpAnswerReader::Impl::begin_body(int minor) {
  const HttpHeader *const length = only("content-length");
  const HttpHeader *const coding = only("transfer-encoding");
  if (state != State::reading) return;
  if (length && coding) return void(fail(State::malformed, "the length of the answer's body is ambiguous"));
  if (to_head || !status_has_body(answer.status)) {
    state = State::complete;
  } else if (coding) {
    if (minor == 0 || !equal_ignoring_case(coding->value, "chunked"))
      return void(fail(State::malformed, "the answer has a transfer encoding that was not asked for"));
    part = Part::chunks;
  } else if (length) {
    begin_length(length->value);
  } else {
    part = Part::body_to_end;
  }
}

void HttpAnswerReader::Impl::begin_length(std::string_view digits) {
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return void(fail(State::malformed, "the answer's Content-Length is not a number"));
  if (digits.size() <= kLengthDigitsMax) std::from_chars(digits.data(), digits.data() + digits.size(), left);
  if (digits.size() > kLengthDigitsMax || left > limits.body_max)
    return void(fail(State::too_big, "the answer's body is larger than allowed"));
  part = Part::length_body;
  if (left == 0) state = State::complete;
}

void HttpAnswerReader::Impl::take_body(size_t most) {
  const size_t n = std::min(most, bytes.size());
  if (n > limits.body_max - answer.body.size())
    return void(fail(State::too_big, "the answer's body is larger than allowed"));
  answer.body.append(bytes, 0, n);
  bytes.erase(0, n);
}

void HttpAnswerReader::Impl::read_chunks() {
  std::string_view rest = bytes;
  for (;;) {
    const HttpParser::Step step = chunks.next(rest, limits.body_max);
    if (step.kind == HttpParser::Kind::error) {
      fail(step.status == 413 ? State::too_big : State::malformed,
           step.status == 413 ? "the answer's body is larger than allowed" : step.reason);
      return;
    }
    answer.body.append(step.body);
    rest.remove_prefix(step.consumed);
    if (step.kind == HttpParser::Kind::complete) state = State::complete;
    if (step.kind != HttpParser::Kind::body) break;
  }
  bytes.erase(0, bytes.size() - rest.size());
}

HttpAnswerReader::HttpAnswerReader(Limits limits, bool to_head) : impl_(std::make_unique<Impl>(limits, to_head)) {}
HttpAnswerReader::~HttpAnswerReader() = default;
HttpAnswerReader::HttpAnswerReader(HttpAnswerReader &&) noexcept = default;
HttpAnswerReader &HttpAnswerReader::operator=(HttpAnswerReader &&) noexcept = default;

HttpAnswerReader::State HttpAnswerReader::feed(std::string_view bytes) {
  Impl &in = *impl_;
  if (in.state != State::reading) return in.state;
  in.bytes.append(bytes);
  // Interim answers may stand before the real one, so heads are read as long as one is finished by it.
  for (size_t before = 0; in.state == State::reading && in.part == Impl::Part::head && before != in.bytes.size();) {
    before = in.bytes.size();
    in.read_head();
  }
  if (in.state != State::reading) return in.state;
  switch (in.part) {
    case Impl::Part::head:
      break;
    case Impl::Part::length_body: {
      const size_t had = in.answer.body.size();
      in.take_body(static_cast<size_t>(in.left));
      in.left -= in.answer.body.size() - had;
      if (in.left == 0) in.state = State::complete;
      break;
    }
    case Impl::Part::chunks:
      in.read_chunks();
      break;
    case Impl::Part::body_to_end:
      in.take_body(in.bytes.size());
      break;
  }
  return in.state;
}

HttpAnswerReader::State HttpAnswerReader::end(bool orderly) {
  Impl &in = *impl_;
  if (in.state != State::reading) return in.state;
  if (in.part == Impl::Part::body_to_end && orderly) return in.state = State::complete;
  const bool nothing = in.part == Impl::Part::head && in.head_bytes == 0 && in.bytes.empty();
  return in.fail(State::cut_off, nothing ? "the server closed the connection without an answer"
                                         : "the connection ended before the answer was whole");
}

HttpAnswerReader::State HttpAnswerReader::state() const { return impl_->state; }
std::string_view HttpAnswerReader::reason() const { return impl_->reason; }
HttpAnswer &HttpAnswerReader::answer() { return impl_->answer; }

}  // namespace signalbox::net
