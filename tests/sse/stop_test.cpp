#include <doctest/doctest.h>

#include "tests/sse/server.hpp"

TEST_CASE("stopping ends all streams with a word about when to come back") {
  Server s(R"(,"retry":5000)");
  const sbx_id id = s.open("channel=a");
  s.event("a", "1");
  s.plugin.stop();
  CHECK(s.answered(id));
  CHECK(s.host.stopped);
  CHECK(s.bytes(id).substr(s.bytes(id).rfind("retry: ")).starts_with("retry: "));
  CHECK(s.page(id).reconnection_ms >= 5000);
  CHECK(s.heard(id) == Strings{"1"});
  CHECK(s.metric("signalbox_sse_streams_closed_total", "stopping") == 1);
  CHECK(s.metric("signalbox_sse_streams") == 0);
  CHECK(s.host.timers() == 0);
}

TEST_CASE("a waiting poll is answered with what there is") {
  Server s;
  s.event("other", "1");
  const sbx_id id = s.poll("channel=a&wait=25");
  s.plugin.stop();
  CHECK(s.document(id)["cursor"] == s.log.cursor_at(1));
  CHECK(s.host.stopped);
  CHECK(s.metric("signalbox_sse_polls_total", "stopping") == 1);
  CHECK(s.fanout.virtual_members() == 0);
}

TEST_CASE("a poll that is not live has no cursor to show, but what it was handed counts") {
  Server s;
  s.log.retain("*", 9, Server::Log::Replay::kRetained);
  s.event("a", "1");
  s.event("a", "2");
  s.log.hold(true);
  const sbx_id none = s.poll("channel=b&wait=25");
  const sbx_id some = s.poll("channel=a&wait=25");
  s.log.hand(1);
  s.plugin.stop();
  CHECK(s.status(none) == 503);
  CHECK(s.http[none].header("retry-after") == "1");
  CHECK(s.data(some) == Strings{"1"});
  CHECK(s.document(some)["cursor"] == s.log.cursor_at(1));
}

TEST_CASE("who comes while it stops is sent away for a moment") {
  Server s;
  s.plugin.stop();
  CHECK(s.host.stopped);
  const sbx_id id = s.open("channel=a");
  CHECK(s.status(id) == 503);
  CHECK(s.http[id].header("retry-after") == "1");
}
