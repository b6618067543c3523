// The source on the fake host, a back end that talks to it, and a census that the test answers.
#pragma once
#include <nlohmann/json.hpp>
#include <sbx/testing/fake_host.hpp>
#include <sbx/testing/fake_http.hpp>
#include <string>
#include <string_view>
#include <vector>

extern "C" const sbx_module *sbx_module_v1_echo_api(uint32_t) noexcept;

namespace echo_api_test {

using nlohmann::json;
using sbx::testing::FakeHttp;
using sbx::testing::Request;

inline const sbx_plugin *table() { return sbx_module_v1_echo_api(0)->plugins[0]; }

inline constexpr const char *kKey = "0123456789abcdef0123456789abcdef";
inline constexpr const char *kOne = R"({"channel":"orders","name":"paid","data":{"n":1.0}})";

// sbx.census/1 whose questions wait until the test answers them.
class FakeCensus {
 public:
  struct Question {
    std::string channel, prefix;
    size_t channels_max = 0;
    void (*fn)(void *, const sbx_census_answer *) noexcept = nullptr;
    void *user = nullptr;
  };
  struct Channel {
    std::string name;
    uint64_t subscriptions = 0, users = 0;
    std::string members = {};
  };

  std::vector<Question> questions;
  sbx_status taken = SBX_OK;

  explicit FakeCensus(sbx::testing::FakeHost &host) : host_(host) { host.provide(SBX_CENSUS, table()); }

  void answer(size_t n, const std::vector<Channel> &channels, uint64_t connections = 0, bool complete = true) {
    std::vector<sbx_census_channel> rows;
    for (const Channel &c : channels) rows.push_back({sbx::raw(c.name), c.subscriptions, c.users, sbx::raw(c.members)});
    const sbx_census_answer told{sizeof told, complete ? 1 : 0, connections, rows.data(), rows.size()};
    const Question &q = questions.at(n);
    host_.call([&] { q.fn(q.user, &told); });
    host_.turn();
  }

 private:
  static const sbx_census *table() {
    static const sbx_census t{
        sizeof(sbx_census), 0,
        [](const sbx_host *h, const sbx_census_query *q, void (*fn)(void *, const sbx_census_answer *) noexcept,
           void *user) noexcept {
          auto &census = sbx::testing::FakeHost::at(h).part<FakeCensus>();
          if (census.taken == SBX_OK)
            census.questions.push_back(
                {std::string(sbx::view(q->channel)), std::string(sbx::view(q->prefix)), q->channels_max, fn, user});
          return census.taken;
        }};
    return &t;
  }
  sbx::testing::FakeHost &host_;
};

inline json config(const json &more = json::object()) {
  json with = {{"listener", "internal"}, {"clients", {json{{"app_id", "shop"}, {"key", kKey}}}}};
  with.update(more);
  return with;
}

inline Request post(std::string_view body, std::string_view query = {}, std::string_view path = "/apps/shop/events") {
  Request r;
  r.method = "POST";
  r.path = std::string(path);
  r.query = std::string(query);
  if (query.empty()) r.headers = {{"authorization", std::string("Bearer ") + kKey}};
  r.body = std::string(body);
  return r;
}
inline Request get(std::string_view path, std::string_view query = {}) {
  Request r;
  r.path = std::string(path);
  r.query = std::string(query);
  r.headers = {{"authorization", std::string("Bearer ") + kKey}};
  return r;
}

struct Source {
  explicit Source(const json &more = json::object(), bool started = true)
      : host(1, "backend"),
        http(host.part<FakeHttp>()),
        census(host.part<FakeCensus>()),
        plugin(host, table(), config(more).dump()) {
    if (started) plugin.start();
  }

  uint32_t status(sbx_id id) { return http[id].status; }
  json answer(sbx_id id) { return json::parse(http[id].body); }
  std::string error(sbx_id id) { return answer(id)["error"]; }
  void receipt(size_t n, sbx_status status, std::string_view cursor = {}) {
    host.ack(host.emitted.at(n).ack, status, cursor);
  }
  double requests(std::string_view outcome) { return host.metric("signalbox_echo_api_requests_total", outcome); }
  double events(std::string_view outcome) { return host.metric("signalbox_echo_api_events_total", outcome); }

  sbx::testing::FakeHost host;
  FakeHttp &http;
  FakeCensus &census;
  sbx::testing::Plugin plugin;
};

}  // namespace echo_api_test
