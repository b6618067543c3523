#include "plugins/sources/oauth/front.hpp"

#include <utility>
#include <vector>

namespace oauth {
namespace {

Answer stopping() {
  Answer refused = json_refusal(503, "stopping", "the server is shutting down; try again");
  refused.headers.emplace_back("retry-after", "1");
  return refused;
}

Answer busy() {
  Answer refused = json_refusal(503, "busy", "too many requests wait for their answer; try again later");
  refused.headers.emplace_back("retry-after", "1");
  return refused;
}

}  // namespace

Front::Front(sbx::Host host, const sbx_http &http, FrontOptions options, Take take)
    : host_(host), http_(http), options_(std::move(options)), take_(std::move(take)) {}

sbx_status Front::mount() {
  sbx_http_events on{};
  on.size = sizeof on;
  on.on_request = [](void *self, sbx_id id, const sbx_request *request) noexcept {
    auto &f = *static_cast<Front *>(self);
    sbx::guarded(f.host_, [&] { f.on_request(id, *request); });
  };
  on.on_body = [](void *self, sbx_id id, sbx_str chunk, int32_t last) noexcept {
    auto &f = *static_cast<Front *>(self);
    sbx::guarded(f.host_, [&] { f.on_body(id, sbx::view(chunk), last != 0); });
  };
  // Whoever went away before his answer does not stop a login: its event is for another connection.
  on.on_close = [](void *self, sbx_id id, sbx_status, uint32_t) noexcept {
    static_cast<Front *>(self)->exchanges_.erase(id);
  };
  sbx_mount m{};
  m.size = sizeof m;
  m.listener = sbx::raw(options_.listener);
  m.path = sbx::raw(options_.path);
  m.body_max = options_.body_max;
  return http_.mount(host_.get(), &m, &on, this);
}

void Front::on_request(sbx_id id, const sbx_request &request) {
  if (stopping_) return send(id, stopping());
  if (exchanges_.size() >= options_.requests_max) return send(id, busy());
  exchanges_[id].request = copy_head(request);
  if (!(request.flags & SBX_REQ_BODY)) on_body(id, {}, true);
}

void Front::on_body(sbx_id id, std::string_view chunk, bool last) {
  const auto found = exchanges_.find(id);
  if (found == exchanges_.end() || found->second.waiting) return;
  found->second.request.body.append(chunk);
  if (!last) return;
  found->second.waiting = true;
  const Request request = std::exchange(found->second.request, {});
  if (const auto made = take_(id, request)) answer(id, *made);
}

void Front::answer(sbx_id id, const Answer &answer) {
  if (exchanges_.erase(id) > 0) send(id, answer);
}

void Front::send(sbx_id id, const Answer &answer) {
  std::vector<sbx_attr> headers = {{sbx::raw("cache-control"), sbx::raw("no-store")},
                                   {sbx::raw("referrer-policy"), sbx::raw("no-referrer")},
                                   {sbx::raw("x-content-type-options"), sbx::raw("nosniff")}};
  if (!answer.content_type.empty()) headers.push_back({sbx::raw("content-type"), sbx::raw(answer.content_type)});
  for (const auto &[name, value] : answer.headers) headers.push_back({sbx::raw(name), sbx::raw(value)});
  http_.respond(host_.get(), id, answer.status, headers.data(), headers.size(), sbx::raw(answer.body), 0);
}

void Front::refuse_new() {
  stopping_ = true;
  std::vector<sbx_id> reading;
  for (const auto &[id, exchange] : exchanges_)
    if (!exchange.waiting) reading.push_back(id);
  for (const sbx_id id : reading) answer(id, stopping());
}

}  // namespace oauth
