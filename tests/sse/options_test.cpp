#include <doctest/doctest.h>

#include "tests/sse/server.hpp"

namespace {

std::vector<sbx::testing::FakeHost::Problem> problems(const std::string &more) {
  sbx::testing::FakeHost host;
  host.part<sbx::testing::FakeLog>();
  const sbx::testing::Plugin plugin(host, sbx_module_v1_sse(0)->plugins[0], R"({"listener":"public")" + more + "}");
  CHECK(plugin.created() == host.problems.empty());
  return host.problems;
}

}  // namespace

TEST_CASE("values that cannot work are problems with their place") {
  CHECK(problems("").empty());
  const std::pair<const char *, const char *> rows[] = {
      {R"("path":"/")", "/path"},
      {R"("path":"/events/")", "/path"},
      {R"("retry":0)", "/retry"},
      {R"("heartbeat":0)", "/heartbeat"},
      {R"("dead_after":0)", "/dead_after"},
      {R"("max_age":0)", "/max_age"},
      {R"("wait_max":0)", "/wait_max"},
      {R"("channels_max":0)", "/channels_max"},
      {R"("poll_events_max":0)", "/poll_events_max"},
      {R"("outbox":{"bytes":0})", "/outbox/bytes"},
  };
  for (const auto &[option, where] : rows) {
    const auto found = problems(std::string(",") + option);
    REQUIRE(found.size() == 1);
    CHECK(found[0].where == where);
  }
}

TEST_CASE("options reach the host") {
  Server s(R"(,"path":"/rt","dead_after":7000,"outbox":{"bytes":100,"when_full":"drop_oldest"})");
  REQUIRE(s.http.mounts.size() == 1);
  CHECK(s.http.mounts[0].path == "/rt");
  CHECK(s.http.mounts[0].listener == "public");
  CHECK(s.http.mounts[0].unacked_ns == 7 * sbx::kSecondNs);
  CHECK(s.fanout.bytes_max == 100);
  CHECK(s.fanout.policy == SBX_OUTBOX_DROP_OLDEST);
  CHECK(Server(R"(,"outbox":{"when_full":"latest"})").fanout.policy == SBX_OUTBOX_LATEST);
  CHECK(Server().fanout.policy == SBX_OUTBOX_DISCONNECT);
}

TEST_CASE("clients are told to come back a little apart") {
  Server s(R"(,"retry":1000)");
  std::vector<int64_t> told;
  for (int i = 0; i < 50; ++i) told.push_back(s.page(s.open("channel=a")).reconnection_ms);
  for (const int64_t ms : told) CHECK((ms >= 1000 && ms <= 1500));
  CHECK(std::count(told.begin(), told.end(), told[0]) < 10);
}

TEST_CASE("a listener that is not there, or a host without a log, is an error") {
  sbx::testing::FakeHost host;
  host.part<sbx::testing::FakeHttp>().mount_answer = SBX_ENOENT;
  host.part<sbx::testing::FakeLog>();
  sbx::testing::Plugin plugin(host, sbx_module_v1_sse(0)->plugins[0], R"({"listener":"x"})");
  CHECK(plugin.start() == SBX_ENOENT);

  sbx::testing::FakeHost old;
  old.part<sbx::testing::FakeFanout>();
  const sbx::testing::Plugin refused(old, sbx_module_v1_sse(0)->plugins[0], R"({"listener":"x"})");
  CHECK_FALSE(refused.created());
  CHECK(old.logged("too old") == 1);
}
