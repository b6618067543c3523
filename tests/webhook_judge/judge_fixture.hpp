// A webhook source that was created and not started, as `signalbox webhook verify` has it, and one that runs.
#pragma once
#include <doctest/doctest.h>

#include <sbx/testing/fake_files.hpp>
#include <sbx/testing/fake_host.hpp>
#include <sbx/testing/fake_http.hpp>
#include <sbx/testing/fake_http_client.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/webhook_engine/vectors.hpp"

extern "C" const sbx_module *sbx_module_v1_webhook(uint32_t) noexcept;

namespace webhook_test {

using sbx::testing::FakeFiles;
using sbx::testing::FakeHttp;
using sbx::testing::FakeHttpClient;

inline json config_of(const json &preset, const json &secrets, const json &more = json::object()) {
  const std::string name = preset.is_string() ? preset.get<std::string>() : "own";
  json with = {{"listener", "public"}, {"path", "/hooks"}, {"preset", preset}, {"secrets", secrets}};
  if (name != "publish") {
    with["channel"] = json::array({"pay.{order}", "{id}", "rest"});
    with["public_url"] = "https://pay.example.test/hooks/" + name;
  }
  with.update(more);
  return with;
}
inline json config_of(const std::string &preset) { return config_of(preset, secrets_of(preset)); }

struct Source {
  explicit Source(const json &with, bool start = false, const std::map<std::string, std::string> &disk = {})
      : http(host.part<FakeHttp>()), files(host.part<FakeFiles>()) {
    host.part<FakeHttpClient>();
    host.wall_offset_ns = kNow * sbx::kSecondNs - host.now_ns;
    for (const auto &[path, bytes] : disk) files.put(path, bytes);
    plugin.emplace(host, sbx_module_v1_webhook(0)->plugins[0], with.dump());
    if (start && plugin->created()) plugin->start();
  }

  json judge(const webhook::CallbackRequest &from, int64_t now_s = kNow, std::string_view path = "/hooks") {
    const auto *table = plugin->extension<sbx_judge>(SBX_JUDGE);
    REQUIRE(table);
    std::vector<sbx_attr> headers;
    for (const auto &[name, value] : from.headers) headers.push_back({sbx::raw(name), sbx::raw(value)});
    sbx_request r{};
    r.size = sizeof r;
    r.method = sbx::raw(from.method);
    r.path = sbx::raw(path);
    r.query = sbx::raw(from.query);
    r.headers = headers.data();
    r.header_count = headers.size();
    std::vector<std::string> said;
    const sbx_status status = host.call([&] {
      return table->judge(
          plugin->self(), &r, sbx::raw(from.body), now_s * sbx::kSecondNs,
          [](void *to, sbx_str text) noexcept {
            static_cast<std::vector<std::string> *>(to)->emplace_back(sbx::view(text));
          },
          &said);
    });
    CHECK(status == SBX_OK);
    REQUIRE(said.size() == 1);
    CHECK(said[0].find('\n') == std::string::npos);
    return json::parse(said[0]);
  }
  json judge(const std::string &vector_id) { return judge(request(vector_id)); }

  sbx_id send(const webhook::CallbackRequest &from) {
    sbx::testing::Request r;
    r.method = from.method;
    r.path = "/hooks";
    r.query = from.query;
    r.headers = from.headers;
    if (!from.body.empty()) r.body = from.body;
    return http.request(r);
  }
  sbx_id send(const std::string &vector_id) { return send(request(vector_id)); }
  uint32_t status(sbx_id id) { return http[id].status; }

  sbx::testing::FakeHost host{1, "provider"};
  FakeHttp &http;
  FakeFiles &files;
  std::optional<sbx::testing::Plugin> plugin;
};

}  // namespace webhook_test
