#include <doctest/doctest.h>

#include "tests/socketio/server.hpp"

namespace {

std::vector<sbx::testing::FakeHost::Problem> problems(const char *config) {
  sbx::testing::FakeHost host;
  host.part<sbx::testing::FakeFanout>();
  const sbx::testing::Plugin plugin(host, sbx_module_v1_socketio(0)->plugins[0], config);
  CHECK(plugin.created() == host.problems.empty());
  return host.problems;
}

}  // namespace

TEST_CASE("broadcasting to everyone must be said aloud") {
  const auto found = problems(R"({"listener":"public"})");
  REQUIRE(found.size() == 1);
  CHECK(found[0].where == "/broadcast_to_everyone");
  CHECK(found[0].what.find("broadcast_to_everyone: true") != std::string::npos);
  CHECK(problems(R"({"listener":"public","broadcast_to_everyone":true})").empty());
}

TEST_CASE("values that cannot work are problems with their place") {
  const std::pair<const char *, const char *> rows[] = {
      {R"("path":"/")", "/path"},
      {R"("path":"/socket.io/")", "/path"},
      {R"("ping_interval":0)", "/ping_interval"},
      {R"("ping_timeout":0)", "/ping_timeout"},
      {R"("upgrade_timeout":0)", "/upgrade_timeout"},
      {R"("connect_timeout":0)", "/connect_timeout"},
      {R"("max_payload":0)", "/max_payload"},
      {R"("outbox":{"bytes":0})", "/outbox/bytes"},
  };
  for (const auto &[option, where] : rows) {
    const auto found =
        problems((std::string(R"({"listener":"p","broadcast_to_everyone":true,)") + option + "}").c_str());
    REQUIRE(found.size() == 1);
    CHECK(found[0].where == where);
  }
}

TEST_CASE("options reach the host and the clients") {
  Server s(R"(,"path":"/rt","ping_interval":1000,"ping_timeout":2000,"max_payload":500,)"
           R"("outbox":{"bytes":100,"when_full":"drop_oldest"})");
  REQUIRE(s.http.mounts.size() == 1);
  CHECK(s.http.mounts[0].path == "/rt");
  CHECK(s.http.mounts[0].listener == "public");
  CHECK(s.http.mounts[0].body_max == 500);
  CHECK(s.fanout.bytes_max == 100);
  CHECK(s.fanout.policy == SBX_OUTBOX_DROP_OLDEST);
  const std::string open = s.body(s.request("EIO=4&transport=polling", "GET", "/rt/"));
  CHECK(open.find(R"("pingInterval":1000,"pingTimeout":2000,"maxPayload":500)") != std::string::npos);
}

TEST_CASE("a listener that is not there makes start fail") {
  sbx::testing::FakeHost host;
  host.part<sbx::testing::FakeHttp>().mount_answer = SBX_ENOENT;
  host.part<sbx::testing::FakeFanout>();
  sbx::testing::Plugin plugin(host, sbx_module_v1_socketio(0)->plugins[0],
                              R"({"listener":"x","broadcast_to_everyone":true})");
  CHECK(plugin.start() == SBX_ENOENT);
}
