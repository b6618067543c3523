// Of a connection's HTTP side: the responses, of plugins and of the core itself.
#include <string>

#include "core/base/limits.hpp"
#include "core/net/connection_http.hpp"
#include "core/net/http_response.hpp"
#include "core/net/http_server.hpp"

namespace signalbox::net {

namespace {

std::vector<HeaderView> views(const std::vector<HttpHeader> &headers) { return {headers.begin(), headers.end()}; }

}  // namespace

sbx_status Connection::send_head(int status, std::span<const HeaderView> headers, std::optional<uint64_t> length,
                                 std::string_view body) {
  Http &http = *http_;
  HttpResponseHead head;
  head.status = status;
  head.headers = headers;
  std::vector<HttpHeader> cors;
  std::vector<HeaderView> all;
  if (http.cors) {
    cors = cors_headers(http.parser.head());
    all.assign(headers.begin(), headers.end());
    all.insert(all.end(), cors.begin(), cors.end());
    head.headers = all;
  }
  head.content_length = length;
  const bool known = http.head_done;
  head.chunked = !length && known && http.parser.head().minor >= 1;
  head.keep_alive = known && http.parser.head().keep_alive && !draining_ && (length || head.chunked) &&
                    (http.request_complete || !http.parser.head().has_body);
  head.date = server_->date();
  std::string &text = server_->text();
  text.clear();
  if (!encode_response_head(text, head).ok()) return SBX_EINVAL;
  http.responded = true;
  wire_ = head.chunked ? Wire::chunked : Wire::bare;
  if (!head.keep_alive) draining_ = true;  // nothing more is read after this response
  http.bodyless = http.head_only() || !status_has_body(status);
  if (!http.bodyless) text.append(body);
  // A policy that drops frames must not drop the head of a stream.  A whole response has the outbox for itself.
  push(Frame::of_bytes(text, length ? 0u : uint32_t{Frame::kControl}));
  if (text.capacity() > limits::kReadBuffer) std::string().swap(text);
  return SBX_OK;
}

sbx_status Connection::respond(uint32_t status, const sbx_attr *headers, size_t count, std::string_view body,
                               bool more) {
  if (state_ != State::http || !mount_ || http_->responded) return SBX_ESTATE;
  if (status < 200 || status > 599) return SBX_EINVAL;
  const std::span<HeaderView> list = server_->header_views(count);
  for (size_t i = 0; i < count; ++i)
    list[i] = {{headers[i].key.ptr, headers[i].key.len}, {headers[i].value.ptr, headers[i].value.len}};
  std::optional<uint64_t> length;
  if (!more) length = body.size();
  const sbx_status sent = send_head(static_cast<int>(status), list, length, more ? std::string_view() : body);
  if (sent != SBX_OK) return sent;
  if (!more) return complete_response(), SBX_OK;
  takes_frames_ = !http_->bodyless;
  limit_unacked();
  return body.empty() ? SBX_OK : write(body, true);
}

sbx_status Connection::write(std::string_view chunk, bool more) {
  if (state_ != State::http || !mount_ || !http_->responded || http_->response_complete) return SBX_ESTATE;
  sbx_status status = SBX_OK;
  if (!chunk.empty() && takes_frames_) {
    const sbx_str part = {chunk.data(), chunk.size()};
    sbx_frame frame{};
    frame.size = sizeof frame;
    frame.parts = &part;
    frame.part_count = 1;
    const Fanout::Queued queued = server_->fanout().post(*this, frame);
    if (queued == Fanout::Queued::gone) return SBX_ESLOW;
    if (queued == Fanout::Queued::full) status = SBX_FULL;
  }
  if (more) return status;
  if (wire_ == Wire::chunked && takes_frames_) push(Frame::of_bytes(kLastChunk, Frame::kControl));
  complete_response();
  return status;
}

// The core's own answer: plain words, and the connection stays if the request was understood as far as its end.
void Connection::answer(int status, std::string_view text, std::vector<HttpHeader> headers) {
  std::string body(text);
  if (status_has_body(status) && !body.empty()) {
    headers.push_back({"content-type", "text/plain; charset=utf-8"});
    body += '\n';
  }
  out_limits_ = {limits::kOutboxDefault, OutboxPolicy::disconnect};
  if (send_head(status, views(headers), body.size(), body) == SBX_OK) complete_response();
}

void Connection::answer_file() {
  Http &http = *http_;
  const HttpHead &head = http.parser.head();
  if (auto endpoint = server_->shared().endpoints.find(&listener_); endpoint != server_->shared().endpoints.end()) {
    const CoreAnswer found = endpoint->second(head);
    out_limits_ = {limits::kOutboxDefault, OutboxPolicy::disconnect};
    if (send_head(found.status, views(found.headers), found.body.size(), found.body) == SBX_OK) complete_response();
    return;
  }
  std::optional<StaticReply> file = server_->files(listener_).answer(head, server_->lane().now_ns() / 1'000'000'000);
  if (!file) return answer(404, "nothing is here: no source, sink or file of this listener has this path");
  out_limits_ = {limits::kOutboxDefault, OutboxPolicy::disconnect};
  const std::string_view body = file->body ? std::string_view(*file->body) : std::string_view();
  if (send_head(file->status, views(file->headers), body.size(), body) == SBX_OK) complete_response();
}

void Connection::complete_response() {
  http_->response_complete = true;
  finish_exchange(SBX_OK, 0);
  closing_ = draining_;
  set_deadline_in(limits::kBodyNs);
  server_->fanout().mark_dirty(*this);  // drained() goes on
}

}  // namespace signalbox::net
