// The source with a preset that asks its provider, on the fake host: requests in, questions out, answers in.
#pragma once
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sbx/testing/fake_host.hpp>
#include <sbx/testing/fake_http.hpp>
#include <sbx/testing/fake_http_client.hpp>
#include <string>
#include <utility>
#include <vector>

#include "plugins/sources/webhook/callback_request.hpp"

extern "C" const sbx_module *sbx_module_v1_webhook(uint32_t) noexcept;

namespace webhook_test {

using nlohmann::json;
using sbx::testing::FakeHttp;
using sbx::testing::FakeHttpClient;

inline constexpr int64_t kNoon = 1'760'000'000;  // 2025-10-09T08:53:20Z

inline json config(const std::string &preset, const json &secrets, const json &more = json::object()) {
  json with = {{"listener", "public"},
               {"path", "/hooks"},
               {"preset", preset},
               {"secrets", secrets},
               {"channel", json::array({"pay.{order}", "pay.other"})}};
  with.update(more);
  return with;
}

class Source {
 public:
  explicit Source(const json &with)
      : http(host.part<FakeHttp>()),
        web(host.part<FakeHttpClient>()),
        plugin(host, sbx_module_v1_webhook(0)->plugins[0], with.dump()) {
    host.wall_offset_ns = kNoon * sbx::kSecondNs - host.now_ns;
    if (plugin.created()) plugin.start();
  }

  sbx_id send(const webhook::CallbackRequest &from) {
    sbx::testing::Request r;
    r.method = from.method;
    r.path = "/hooks";
    r.query = from.query;
    r.headers = from.headers;
    if (!from.body.empty()) r.body = from.body;
    return http.request(r);
  }
  void receipt(size_t n, sbx_status status) { host.ack(host.emitted.at(n).ack, status, "c"); }
  uint32_t status(sbx_id id) { return http[id].status; }
  double outcome(const char *name) { return host.metric("signalbox_webhook_requests_total", name); }
  void answer(uint32_t code, std::string body) {
    web.answer(web.newest(), {.status = code, .headers = {}, .body = std::move(body)});
  }

  sbx::testing::FakeHost host{1, "provider"};
  FakeHttp &http;
  FakeHttpClient &web;
  sbx::testing::Plugin plugin;
};

inline webhook::CallbackRequest form(std::string body) {
  webhook::CallbackRequest r;
  r.method = "POST";
  r.path = "/hooks";
  r.headers = {{"content-type", "application/x-www-form-urlencoded"}};
  r.body = std::move(body);
  return r;
}

// Where the start is refused.
inline std::string fault(const json &with) {
  sbx::testing::FakeHost host;
  host.part<FakeHttp>();
  host.part<FakeHttpClient>();
  const sbx::testing::Plugin plugin(host, sbx_module_v1_webhook(0)->plugins[0], with.dump());
  CHECK_FALSE(plugin.created());
  return host.problems.empty() ? "" : host.problems[0].where;
}

}  // namespace webhook_test
