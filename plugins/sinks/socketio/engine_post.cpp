// What clients that poll send: one POST at a time, with a body that comes in pieces.
#include <utility>

#include "plugins/sinks/socketio/engine.hpp"
#include "plugins/sinks/socketio/query.hpp"

namespace socketio {
namespace {

std::string_view header(const sbx_request &r, std::string_view name) {
  for (size_t i = 0; i < r.header_count; ++i)
    if (sbx::view(r.headers[i].key) == name) return sbx::view(r.headers[i].value);
  return {};
}

}  // namespace

void Engine::post_begin(sbx_id id, const sbx_request &request, Session &session) {
  if (session.posting()) {
    session.close(CloseReason::kOverlap);
    return refuse(id, Refusal::kBadRequest);
  }
  auto post = std::make_unique<Post>();
  post->binary = header(request, "content-type") == "application/octet-stream";
  post->jsonp = query_value(sbx::view(request.query), "j").has_value();
  Exchange &exchange = exchanges_[id];
  exchange = {&session, Kind::kPost, std::move(post)};
  session.on_post_begin(id);
  if (!(request.flags & SBX_REQ_BODY)) post_end(id, exchange);
}

void Engine::on_body(sbx_id id, std::string_view chunk, bool last) {
  const auto found = exchanges_.find(id);
  if (found == exchanges_.end() || !found->second.post) return;
  std::string &body = found->second.post->body;
  if (body.size() + chunk.size() > options_.max_payload) {
    if (found->second.session) found->second.session->on_post_end();
    found->second = {};
    services_.respond(id, 413, "text/plain; charset=UTF-8", "this payload is larger than maxPayload\n");
    return;
  }
  body += chunk;
  if (last) post_end(id, found->second);
}

void Engine::post_end(sbx_id id, Exchange &exchange) {
  const std::unique_ptr<Post> post = std::move(exchange.post);
  Session *session = exchange.session;
  if (!session) return refuse(id, Refusal::kUnknownSid);
  const bool fine = session->on_post(post->body, post->binary, post->jsonp);
  session->on_post_end();
  exchanges_[id].session = nullptr;
  if (!fine) return refuse(id, Refusal::kBadRequest);
  // text/html, because old browsers offer text/plain for download.
  services_.respond(id, 200, "text/html", "ok");
}

}  // namespace socketio
