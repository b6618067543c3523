// Who asks: what the host is told of it, and whom it turns away.
#include <doctest/doctest.h>

#include <set>

#include "tests/sse/server.hpp"

using Headers = Server::Headers;

TEST_CASE("the host knows who a stream and a poll are before their first channel is asked for") {
  Server s;
  s.log.think(true);
  std::set<std::string> ids;
  for (const char *accept : {"text/event-stream", "application/json"}) {
    s.request("channel=a&wait=5&token=t%20%22x%22", Headers{{"accept", accept}, {"cookie", "a=1"}});
    REQUIRE_FALSE(s.visitors.entered.empty());
    const auto &[conn, visitor] = s.visitors.entered.back();
    CHECK(s.visitors.of(conn));
    CHECK(visitor.peer == "192.0.2.1");
    CHECK(visitor.token == "t \"x\"");
    CHECK(visitor.header("cookie") == "a=1");
    CHECK(visitor.id.size() == 20);
    ids.insert(visitor.id);
  }
  CHECK(ids.size() == 2);
  CHECK(s.visitors.entered.size() == 2);
}

TEST_CASE("an address that asks too often is answered 429 with a time, streams and polls alike") {
  Server s;
  s.visitors.shut.insert("192.0.2.1");
  const sbx_id stream = s.open("channel=a"), poll = s.poll("channel=a"), head = s.request("channel=a", {}, "HEAD");
  for (const sbx_id id : {stream, poll, head}) {
    CHECK(s.status(id) == 429);
    CHECK(s.http[id].header("retry-after") == "5");
    CHECK(s.answered(id));
  }
  CHECK(s.document(poll).contains("error"));
  CHECK(s.metric("signalbox_sse_refused_total", "rate_limited") == 3);
  CHECK(s.log.offered.empty());
  CHECK(s.visitors.entered.empty());
}

TEST_CASE("on a host without visitors everybody may read") {
  sbx::testing::FakeHost host;
  auto &http = host.part<sbx::testing::FakeHttp>();
  host.part<sbx::testing::FakeLog>();
  sbx::testing::Plugin plugin(host, sbx_module_v1_sse(0)->plugins[0], R"({"listener":"public"})");
  REQUIRE(plugin.created());
  plugin.start();
  CHECK(http[http.request({.path = "/events", .query = "channel=a"})].status == 200);
}
