// A webhook source with `preset: publish` on the fake host, and a back end that posts to it.
#pragma once
#include <nlohmann/json.hpp>
#include <sbx/testing/fake_host.hpp>
#include <sbx/testing/fake_http.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

extern "C" const sbx_module *sbx_module_v1_webhook(uint32_t) noexcept;

namespace webhook_test {

using nlohmann::json;
using sbx::testing::FakeHttp;
using sbx::testing::Request;

inline const sbx_plugin *table() { return sbx_module_v1_webhook(0)->plugins[0]; }

inline constexpr const char *kKey = "hunter2-hunter2-hunter2";

inline json config(const json &more = json::object()) {
  json with = {{"listener", "public"}, {"path", "/publish"}, {"preset", "publish"}, {"secrets", json{{"key", kKey}}}};
  with.update(more);
  return with;
}

inline Request post(std::string_view body, std::string_view authorization = "Bearer hunter2-hunter2-hunter2") {
  Request r;
  r.method = "POST";
  r.path = "/publish";
  r.headers = {{"content-type", "application/json"}, {"authorization", std::string(authorization)}};
  r.body = std::string(body);
  return r;
}
inline Request with_header(Request r, std::string_view name, std::string_view value) {
  for (auto &[key, old] : r.headers)
    if (key == name) return old = value, r;
  r.headers.emplace_back(name, value);
  return r;
}

struct Source {
  explicit Source(const json &more = json::object(), bool started = true)
      : host(1, "backend"), http(host.part<FakeHttp>()), plugin(host, table(), config(more).dump()) {
    if (started) plugin.start();
  }

  sbx_id send(std::string_view body) { return http.request(post(body)); }
  uint32_t status(sbx_id id) { return http[id].status; }
  json answer(sbx_id id) { return json::parse(http[id].body); }
  std::string code(sbx_id id) { return answer(id)["error"]["code"]; }
  std::string message(sbx_id id) { return answer(id)["error"]["message"]; }
  // The receipt of the n-th event that was emitted.
  void receipt(size_t n, sbx_status status, std::string_view cursor = {}) {
    host.ack(host.emitted.at(n).ack, status, cursor);
  }
  double requests(std::string_view outcome) { return host.metric("signalbox_webhook_requests_total", outcome); }
  double events(std::string_view outcome) { return host.metric("signalbox_webhook_events_total", outcome); }

  sbx::testing::FakeHost host;
  FakeHttp &http;
  sbx::testing::Plugin plugin;
};

inline constexpr const char *kOne = R"({"channel":"pay.7","event":"paid","data":{"id":7},"id":"a"})";

}  // namespace webhook_test
