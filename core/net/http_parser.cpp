#include "core/net/http_parser.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <utility>

#include "core/base/text.hpp"
#include "core/net/chunk_decoder.hpp"
#include "core/net/http_framing.hpp"
#include "core/net/http_gate.hpp"

namespace signalbox::net {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using beast::error_code;

// Beast's parser for the head only: it splits the lines that the gate has let through.
class HeadReader final : public http::basic_parser<true> {
 public:
  explicit HeadReader(HttpHead &head) : head_(head) {}
  std::string_view target() const { return target_; }

 private:
  using Text = beast::string_view;
  static std::string_view view(Text t) { return {t.data(), t.size()}; }

  void on_request_impl(http::verb, Text method, Text target, int version, error_code &) override {
    head_.method = view(method);
    target_ = view(target);
    head_.minor = version % 10;
  }
  void on_field_impl(http::field, Text name, Text value, error_code &) override {
    head_.headers.push_back({to_lower(view(name)), std::string(view(value))});
  }
  void on_response_impl(int, Text, int, error_code &) override {}
  void on_header_impl(error_code &) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t> &, error_code &) override {}
  size_t on_body_impl(Text, error_code &) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, Text, error_code &) override {}
  size_t on_chunk_body_impl(std::uint64_t, Text, error_code &) override { return 0; }
  void on_finish_impl(error_code &) override {}

  HttpHead &head_;
  std::string_view target_;
};

}  // namespace

struct HttpParser::Impl {
  enum class Part { head, body_begin, length_body, chunks, complete, failed };

  explicit Impl(Limits l) : limits(l), gate(l.headers_max), chunks(l.headers_max) {}
  Step next(std::string_view bytes);
  Step read_head(std::string_view bytes);
  Step parse(std::string_view head_bytes);
  Step begin_body();
  Step length_body(std::string_view bytes);

  Limits limits;
  HttpGate gate;
  ChunkDecoder chunks;
  HttpHead head;
  Part part = Part::head;
  bool chunked = false;
  uint64_t left = 0;
  Step failure;
};

HttpParser::Step HttpParser::Impl::parse(std::string_view head_bytes) {
  HeadReader reader(head);
  reader.header_limit(static_cast<uint32_t>(std::min<size_t>(head_bytes.size() + 1, UINT32_MAX)));
  reader.body_limit(boost::none);
  error_code error;
  const size_t used = reader.put(boost::asio::const_buffer(head_bytes.data(), head_bytes.size()), error);
  if (error == http::error::bad_content_length || error == http::error::multiple_content_length ||
      error == http::error::bad_transfer_encoding)
    return http_error(400, "Content-Length and Transfer-Encoding are wrong, doubled or contradict each other");
  if (error || used != head_bytes.size() || !reader.is_header_done())
    return http_error(400, "the head of the request is malformed");
  if (const Step bad = judge_framing(head, chunked); bad.kind == Kind::error) return bad;
  if (const Step bad = judge_target(head, reader.target()); bad.kind == Kind::error) return bad;
  // Two readings of one framing that differ are what smuggling lives on.
  if (reader.chunked() != chunked ||
      (!chunked && reader.content_length().has_value() != head.content_length.has_value()))
    return http_error(400, "the length of the body is ambiguous");
  return {};
}

HttpParser::Step HttpParser::Impl::read_head(std::string_view bytes) {
  Step step = gate.scan(bytes);
  if (step.kind != Kind::head) return step;
  const Step bad = parse(bytes.substr(gate.begin(), step.consumed - gate.begin()));
  if (bad.kind == Kind::error) return bad;
  part = Part::body_begin;
  return step;
}

HttpParser::Step HttpParser::Impl::begin_body() {
  if (!head.has_body) {
    part = Part::complete;
    return {Kind::complete, 0, {}, 0, {}};
  }
  if (head.content_length.value_or(0) > limits.body_max) return http_error(413, "the body is too big");
  left = head.content_length.value_or(0);
  part = chunked ? Part::chunks : Part::length_body;
  return {};
}

HttpParser::Step HttpParser::Impl::length_body(std::string_view bytes) {
  if (left == 0) {
    part = Part::complete;
    return {Kind::complete, 0, {}, 0, {}};
  }
  if (bytes.empty()) return {};
  const size_t n = static_cast<size_t>(std::min<uint64_t>(left, bytes.size()));
  left -= n;
  return {Kind::body, n, bytes.substr(0, n), 0, {}};
}

HttpParser::Step HttpParser::Impl::next(std::string_view bytes) {
  switch (part) {
    case Part::head:
      return read_head(bytes);
    case Part::body_begin: {
      const Step step = begin_body();
      return step.kind == Kind::need_more ? next(bytes) : step;
    }
    case Part::length_body:
      return length_body(bytes);
    case Part::chunks: {
      const Step step = chunks.next(bytes, limits.body_max);
      if (step.kind == Kind::complete) part = Part::complete;
      return step;
    }
    case Part::complete:
      return {Kind::complete, 0, {}, 0, {}};
    case Part::failed:
      break;
  }
  return failure;
}

HttpParser::HttpParser(Limits limits) : impl_(std::make_unique<Impl>(limits)) {}
HttpParser::~HttpParser() = default;
HttpParser::HttpParser(HttpParser &&) noexcept = default;
HttpParser &HttpParser::operator=(HttpParser &&) noexcept = default;

HttpParser::Step HttpParser::next(std::string_view bytes) {
  const Step step = impl_->next(bytes);
  if (step.kind == Kind::error) {
    impl_->failure = step;
    impl_->part = Impl::Part::failed;
  }
  return step;
}

const HttpHead &HttpParser::head() const { return impl_->head; }
void HttpParser::set_body_max(uint64_t body_max) { impl_->limits.body_max = body_max; }

void HttpParser::reset(Limits limits) {
  if (!impl_) {
    impl_ = std::make_unique<Impl>(limits);
    return;
  }
  // The room for its headers is wanted again.
  std::vector<HttpHeader> headers = std::move(impl_->head.headers);
  headers.clear();
  *impl_ = Impl(limits);
  impl_->head.headers = std::move(headers);
}

void HttpParser::rest() { impl_.reset(); }

}  // namespace signalbox::net
