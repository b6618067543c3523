#include "plugins/sources/webhook/endpoint.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace webhook {
namespace {

const char *words_for(sbx_status why) {
  switch (why) {
    case SBX_ETOOBIG:
      return "its body is longer than the limit";
    case SBX_ETIMEOUT:
      return "its body did not come in time";
    case SBX_EPROTO:
      return "its body is not framed as HTTP wants it";
    default:
      return "the client went away before its answer";
  }
}

std::string listed(const std::vector<std::string> &words) {
  std::string all;
  for (const std::string &word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

// An answer that took longer than this is late: the least patient providers wait three seconds.
constexpr int64_t kLateNs = sbx::kSecondNs;

Reply stopping() { return refusal(503, "stopping", "the server is shutting down; send it again"); }

}  // namespace

Endpoint::Endpoint(sbx::Host host, const sbx_http &http, const sbx_loop &loop, const EndpointOptions &options)
    : host_(host),
      http_(http),
      loop_(loop),
      options_(options),
      complaints_(host),
      late_(host, 'c', "signalbox_webhook_late_total", "Requests whose answer took more than a second") {}

sbx_http_events Endpoint::events() {
  sbx_http_events on{};
  on.size = sizeof on;
  on.on_request = [](void *self, sbx_id id, const sbx_request *r) noexcept {
    auto &e = *static_cast<Endpoint *>(self);
    sbx::guarded(e.host_, [&] { e.on_request(id, *r); });
  };
  on.on_body = [](void *self, sbx_id id, sbx_str chunk, int32_t last) noexcept {
    auto &e = *static_cast<Endpoint *>(self);
    sbx::guarded(e.host_, [&] { e.on_body(id, sbx::view(chunk), last != 0); });
  };
  on.on_close = [](void *self, sbx_id id, sbx_status why, uint32_t) noexcept {
    auto &e = *static_cast<Endpoint *>(self);
    sbx::guarded(e.host_, [&] { e.on_close(id, why); });
  };
  return on;
}

sbx_status Endpoint::mount(Handler &handler) {
  handler_ = &handler;
  sbx_mount m{};
  m.size = sizeof m;
  m.listener = sbx::raw(options_.listener);
  m.path = sbx::raw(options_.path);
  m.body_max = options_.body_max;
  const sbx_http_events on = events();
  return http_.mount(host_.get(), &m, &on, this);
}

std::optional<Reply> Endpoint::gate(const sbx_request &request) const {
  const std::string_view path = sbx::view(request.path);
  if (path != options_.path && path != options_.path + "/")
    return refusal(404, "not_found", "there is nothing at this path");
  const std::string_view method = sbx::view(request.method);
  if (std::find(options_.methods.begin(), options_.methods.end(), method) == options_.methods.end()) {
    const std::string allowed = listed(options_.methods);
    Reply refused = refusal(405, "method_not_allowed", "this path takes " + allowed + " only");
    refused.allow = allowed;
    return refused;
  }
  return std::nullopt;
}

Trial Endpoint::rehearse(const Handler &handler, const sbx_request &request, std::string_view body,
                         int64_t wall_ns) const {
  auto refused = gate(request);
  if (!refused && body.size() > options_.body_max)
    refused = refusal(413, "too_large", "its body is longer than the limit `body`");
  if (refused) {
    std::string reason = refused->detail;
    if (refused->status == 404) reason = "its path is not " + options_.path;
    return refused_trial("structure", reason, *std::move(refused));
  }
  CallbackRequest whole = copy_head(request);
  whole.body = body;
  return handler.rehearse(request, whole, wall_ns / sbx::kSecondNs);
}

// Cheap and public things first; who may not come in is not told how busy it is inside.
std::optional<Reply> Endpoint::judge(const sbx_request &request) {
  if (auto refused = gate(request)) return refused;
  if (auto refused = handler_->judge(request)) return refused;
  if (stopping_) return stopping();
  if (exchanges_.size() >= options_.requests_max && !give_up_oldest())
    return refusal(503, "busy", "too many requests wait for their answer; send it again later");
  return std::nullopt;
}

// Whoever sends a body slowly must not keep the others out: the one that has been at it longest gives up its place.
bool Endpoint::give_up_oldest() {
  if (reading_.empty()) return false;
  answer(reading_.begin()->second,
         refusal(408, "slow", "its body was not complete when others wanted its place; send it again"));
  return true;
}

void Endpoint::on_request(sbx_id id, const sbx_request &request) {
  const std::string_view peer = sbx::view(request.peer);
  const int64_t now_ns = loop_.mono_ns(host_.get());
  if (const auto refused = judge(request)) return finish(id, peer, now_ns, *refused);
  Exchange &exchange = exchanges_[id];
  exchange.peer = peer;
  exchange.begun_ns = now_ns;
  exchange.number = ++last_number_;
  reading_.emplace(exchange.number, id);
  if (handler_->wants_head()) exchange.whole = copy_head(request);
  if (!(request.flags & SBX_REQ_BODY)) on_body(id, {}, true);
}

void Endpoint::on_body(sbx_id id, std::string_view chunk, bool last) {
  const auto found = exchanges_.find(id);
  if (found == exchanges_.end() || found->second.waiting) return;
  found->second.whole.body.append(chunk);
  if (!last) return;
  found->second.waiting = true;
  reading_.erase(found->second.number);
  const CallbackRequest whole = std::exchange(found->second.whole, {});
  if (const auto reply = handler_->take(id, whole)) answer(id, *reply);
}

void Endpoint::on_close(sbx_id id, sbx_status why) {
  auto gone = exchanges_.extract(id);
  if (gone.empty()) return;
  reading_.erase(gone.mapped().number);
  if (gone.mapped().waiting) handler_->forget(id);
  count("gone");
  complaints_.add("gone", loop_.mono_ns(host_.get()),
                  "a request from " + gone.mapped().peer + " has ended: " + words_for(why));
  stopped_if_empty();
}

void Endpoint::answer(sbx_id id, const Reply &reply) {
  const auto found = exchanges_.extract(id);
  if (found.empty()) return;
  reading_.erase(found.mapped().number);
  finish(id, found.mapped().peer, found.mapped().begun_ns, reply);
  stopped_if_empty();
}

void Endpoint::finish(sbx_id id, std::string_view peer, int64_t begun_ns, const Reply &reply) {
  send(host_, http_, id, reply);
  count(reply.outcome);
  const int64_t took_ns = loop_.mono_ns(host_.get()) - begun_ns;
  if (took_ns > kLateNs) late_.add();
  tell(peer, took_ns, reply);
  if (reply.detail.empty()) return;
  std::string line = "refused a request from ";
  line.append(peer).append(" with ").append(std::to_string(reply.status)).append(": ").append(reply.detail);
  complaints_.add(reply.outcome, loop_.mono_ns(host_.get()), line);
}

// A line for each delivery of a provider, and for what is published.  Whoever is turned away at the door is a complaint
// only, of which there are never many.
void Endpoint::tell(std::string_view peer, int64_t took_ns, const Reply &reply) const {
  const bool taken = !reply.about.empty();
  if (reply.untold || (!taken && !reply.to_provider)) return;
  const int32_t level = taken && reply.to_provider ? SBX_INFO : SBX_DEBUG;
  if (!host_.log_wanted(level)) return;
  std::string line = "delivery " + std::string(reply.outcome) + ", status " + std::to_string(reply.status) + ", " +
                     std::to_string(took_ns / sbx::kMillisecondNs) + " ms, from ";
  line.append(peer);
  if (taken) line.append(": ").append(reply.about);
  host_.log(level, line);
}

void Endpoint::stop(std::function<void()> done) {
  stopping_ = true;
  done_ = std::move(done);
  while (!reading_.empty()) answer(reading_.begin()->second, stopping());
  stopped_if_empty();
}

void Endpoint::stopped_if_empty() {
  if (!done_ || !exchanges_.empty()) return;
  const auto done = std::exchange(done_, nullptr);
  done();
}

void Endpoint::count(const char *outcome) {
  auto found = outcomes_.find(outcome);
  if (found == outcomes_.end())
    found = outcomes_
                .emplace(outcome, sbx::Metric(host_, 'c', "signalbox_webhook_requests_total",
                                              "Requests by what became of them", "outcome", outcome))
                .first;
  found->second.add();
}

}  // namespace webhook
