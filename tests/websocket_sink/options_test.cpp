#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "tests/websocket_sink/server.hpp"

using sbx::testing::FakeHost;
using Problems = std::vector<FakeHost::Problem>;

TEST_CASE("without a word everything has its usual value") {
  Server s;
  REQUIRE(s.plugin.created());
  REQUIRE(s.http.mounts.size() == 1);
  CHECK(s.http.mounts[0].listener == "public");
  CHECK(s.http.mounts[0].path == "/ws");
  CHECK(s.http.mounts[0].unacked_ns == 45 * sbx::kSecondNs);
  const sbx_id ws = s.open();
  CHECK(s.http[ws].message_max == 65536);
  CHECK(s.http[ws].ping_ns == 25 * sbx::kSecondNs);
  CHECK(s.http[ws].pong_ns == 20 * sbx::kSecondNs);
  CHECK(s.http[ws].ws_flags == SBX_WS_DEFLATE);
  CHECK(s.fanout.policy == SBX_OUTBOX_DISCONNECT);
  CHECK(s.fanout.bytes_max == 16u << 20);
  CHECK(s.host.warnings.empty());
}

TEST_CASE("what the options say reaches the host") {
  Server s(R"(,"path":"/live","message_max":9,"ping":1000,"pong":500,"compression":false,)"
           R"("outbox":{"bytes":77,"when_full":"latest"})");
  REQUIRE(s.plugin.created());
  CHECK(s.http.mounts[0].path == "/live");
  CHECK(s.http.mounts[0].unacked_ns == 1500 * sbx::kMillisecondNs);
  sbx::testing::Request r;
  r.path = "/live";
  r.ws = true;
  const sbx_id ws = s.http.request(r);
  CHECK(s.http[ws].message_max == 9);
  CHECK(s.http[ws].ping_ns == sbx::kSecondNs);
  CHECK(s.http[ws].pong_ns == 500 * sbx::kMillisecondNs);
  CHECK(s.http[ws].ws_flags == 0);
  CHECK(s.fanout.policy == SBX_OUTBOX_LATEST);
  CHECK(s.fanout.bytes_max == 77);
}

TEST_CASE("the defaults of the code are those of the schema") {
  const auto schema = nlohmann::json::parse(sbx_module_v1_websocket(0)->plugins[0]->schema_json);
  const auto of = [&](const char *key) { return schema.at("properties").at(key).at("default"); };
  CHECK(of("path") == "/ws");
  CHECK(of("channels_max") == 100);
  CHECK(of("message_max") == "64KiB");
  CHECK(of("messages_per_second") == 50);
  CHECK(of("ping") == "25s");
  CHECK(of("pong") == "20s");
  CHECK(of("idle") == "5m");
  CHECK(of("compression") == true);
  const auto outbox = schema.at("properties").at("outbox").at("properties");
  CHECK(outbox.at("bytes").at("default") == "16MiB");
  CHECK(outbox.at("when_full").at("default") == "disconnect");
}

TEST_CASE("what makes no sense is told by its place") {
  const auto places = [](std::string_view more) {
    Server s(more);
    CHECK_FALSE(s.plugin.created());
    return s.host.problems.size() == 1 ? s.host.problems[0].where : std::string();
  };
  CHECK(places(R"(,"path":"/ws/")") == "/path");
  CHECK(places(R"(,"path":"ws")") == "/path");
  CHECK(places(R"(,"pong":0)") == "/pong");
  CHECK(places(R"(,"message_max":0)") == "/message_max");
  CHECK(places(R"(,"outbox":{"bytes":0})") == "/outbox/bytes");
}

TEST_CASE("a heartbeat that proxies would not wait for is warned of") {
  for (const char *more : {R"(,"ping":0,"pong":0)", R"(,"ping":61000)"}) {
    Server s(more);
    CHECK(s.plugin.created());
    REQUIRE(s.host.warnings.size() == 1);
    CHECK(s.host.warnings[0].where == "/ping");
  }
  Server off(R"(,"ping":0,"pong":0)");
  CHECK(off.http.mounts[0].unacked_ns == 0);
}

TEST_CASE("a host without a log is refused in words") {
  FakeHost host;
  host.part<sbx::testing::FakeFanout>();
  sbx::testing::Plugin p(host, sbx_module_v1_websocket(0)->plugins[0], R"({"listener":"public"})");
  CHECK_FALSE(p.created());
  CHECK(host.logged("too old for the websocket sink") == 1);
}
