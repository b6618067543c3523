#include "plugins/sources/echo_api/front.hpp"

#include <algorithm>
#include <sbx/web_text.hpp>
#include <utility>

namespace echo_api {
namespace {

Reply stopping() { return refusal(503, "stopping", "the server is shutting down; send it again"); }

std::string prefix_of(std::string_view query) {
  while (!query.empty()) {
    const sbx::Field field = sbx::take_field(query);
    if (sbx::decode_field(field.name) == "filter_by_prefix") return sbx::decode_field(field.value);
  }
  return {};
}

}  // namespace

Front::Front(sbx::Host host, const sbx_http &http, const Options &options)
    : host_(host),
      http_(http),
      listener_(options.listener),
      path_(options.path),
      body_max_(options.body_max),
      requests_max_(options.requests_max),
      reads_(options.status),
      clients_(options.clients) {}

sbx_http_events Front::events() {
  sbx_http_events on{};
  on.size = sizeof on;
  on.on_request = [](void *self, sbx_id id, const sbx_request *r) noexcept {
    auto &f = *static_cast<Front *>(self);
    sbx::guarded(f.host_, [&] { f.on_request(id, *r); });
  };
  on.on_body = [](void *self, sbx_id id, sbx_str chunk, int32_t last) noexcept {
    auto &f = *static_cast<Front *>(self);
    sbx::guarded(f.host_, [&] { f.on_body(id, sbx::view(chunk), last != 0); });
  };
  on.on_close = [](void *self, sbx_id id, sbx_status, uint32_t) noexcept {
    auto &f = *static_cast<Front *>(self);
    sbx::guarded(f.host_, [&] { f.on_close(id); });
  };
  return on;
}

sbx_status Front::mount(Back &back) {
  back_ = &back;
  sbx_mount m{};
  m.size = sizeof m;
  m.listener = sbx::raw(listener_);
  m.path = sbx::raw(path_);
  m.body_max = body_max_;
  const sbx_http_events on = events();
  return http_.mount(host_.get(), &m, &on, this);
}

// Cheap and public things first; who may not come in is not told how busy it is inside.
std::optional<Reply> Front::judge(const sbx_request &request, const Route &route) {
  const bool publishes = route.kind == Route::Kind::kEvents;
  if (route.kind == Route::Kind::kNone || (!reads_ && !publishes && route.kind != Route::Kind::kBroken))
    return refusal(404, "not_found", "there is nothing at this path");
  if (route.kind == Route::Kind::kBroken)
    return refusal(400, "malformed", "the path has an escape in it that is none, or is not UTF-8");
  if (sbx::view(request.method) != (publishes ? "POST" : "GET")) {
    Reply refused = refusal(405, "method_not_allowed", publishes ? "this takes POST only" : "this takes GET only");
    refused.allow = publishes ? "POST" : "GET";
    return refused;
  }
  if (const char *why = clients_.refuse(route.app_id, request))
    return refusal(403, "unauthorized", "Unauthorized", why);
  if (stopping_) return stopping();
  if (exchanges_.size() >= requests_max_ && !give_up_oldest())
    return refusal(503, "busy", "too many requests wait for their answer; send it again later");
  return std::nullopt;
}

// Whoever sends a body slowly must not keep the others out: the one that has been at it longest gives up its place.
bool Front::give_up_oldest() {
  if (reading_.empty()) return false;
  answer(reading_.begin()->second,
         refusal(408, "slow", "its body was not complete when others wanted its place; send it again"));
  return true;
}

void Front::on_request(sbx_id id, const sbx_request &request) {
  const std::string_view path = sbx::view(request.path);
  const Route route = read_route(path.substr(std::min(path.size(), path_.size())));
  const std::string_view peer = sbx::view(request.peer);
  if (const auto refused = judge(request, route)) return finish(id, peer, *refused);
  Exchange &exchange = exchanges_[id];
  exchange.peer = peer;
  exchange.app_id = route.app_id;
  exchange.number = ++last_number_;
  if (route.kind != Route::Kind::kEvents) {
    exchange.waiting = true;
    if (const auto reply = back_->read(id, route, prefix_of(sbx::view(request.query)))) answer(id, *reply);
    return;
  }
  reading_.emplace(exchange.number, id);
  if (!(request.flags & SBX_REQ_BODY)) on_body(id, {}, true);
}

void Front::on_body(sbx_id id, std::string_view chunk, bool last) {
  const auto found = exchanges_.find(id);
  if (found == exchanges_.end() || found->second.waiting) return;
  found->second.body.append(chunk);
  if (!last) return;
  found->second.waiting = true;
  reading_.erase(found->second.number);
  const std::string body = std::exchange(found->second.body, {});
  const std::string app_id = found->second.app_id;
  if (const auto reply = back_->publish(id, app_id, body)) answer(id, *reply);
}

void Front::on_close(sbx_id id) {
  auto gone = exchanges_.extract(id);
  if (gone.empty()) return;
  reading_.erase(gone.mapped().number);
  if (gone.mapped().waiting) back_->forget(id);
  count("gone");
  stopped_if_empty();
}

void Front::answer(sbx_id id, const Reply &reply) {
  const auto found = exchanges_.extract(id);
  if (found.empty()) return;
  reading_.erase(found.mapped().number);
  finish(id, found.mapped().peer, reply);
  stopped_if_empty();
}

void Front::finish(sbx_id id, std::string_view peer, const Reply &reply) {
  send(host_, http_, id, reply);
  count(reply.outcome);
  if (reply.detail.empty()) return;
  std::string line = "refused a request from ";
  line.append(peer).append(" with ").append(std::to_string(reply.status)).append(": ").append(reply.detail);
  host_.log(SBX_WARN, line);  // the host limits the rate
}

void Front::stop(std::function<void()> done) {
  stopping_ = true;
  done_ = std::move(done);
  while (!reading_.empty()) answer(reading_.begin()->second, stopping());
  stopped_if_empty();
}

void Front::stopped_if_empty() {
  if (!done_ || !exchanges_.empty()) return;
  const auto done = std::exchange(done_, nullptr);
  done();
}

void Front::count(const char *outcome) {
  auto found = outcomes_.find(outcome);
  if (found == outcomes_.end())
    found = outcomes_
                .emplace(outcome, sbx::Metric(host_, 'c', "signalbox_echo_api_requests_total",
                                              "Requests by what became of them", "outcome", outcome))
                .first;
  found->second.add();
}

}  // namespace echo_api
