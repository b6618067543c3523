#include <doctest/doctest.h>

#include <vector>

#include "tests/websocket_sink/server.hpp"

TEST_CASE("why a connection ended is counted") {
  Server s;
  const auto end = [&](sbx_status why, uint32_t code) { s.http.drop(s.listener("a"), why, code); };
  end(SBX_ECLOSED, 1006);
  end(SBX_ECLOSED, 1001);
  end(SBX_ETIMEOUT, 1006);
  end(SBX_ESLOW, 1006);
  end(SBX_EPROTO, 1007);
  end(SBX_ETOOBIG, 1009);
  end(SBX_EINTERNAL, 1011);
  for (const char *reason : {"lost", "client", "timeout", "slow", "protocol", "too_big", "error"})
    CHECK_MESSAGE(s.metric("closed_total", reason) == 1, reason);
  CHECK(s.metric("connections") == 0);
  CHECK(s.metric("subscriptions") == 0);
}

TEST_CASE("nothing more is said to or heard from a connection that was closed") {
  Server s;
  const sbx_id ws = s.listener("a");
  s.http.message(ws, "x", true);
  s.http.message(ws, R"({"type":"ping"})");
  CHECK(s.received(ws).empty());
  CHECK(s.metric("messages_in_total") == 2);
}

TEST_CASE("stop sends everybody away with 1001 and is done when the last one is gone") {
  Server s;
  const sbx_id one = s.listener("a"), two = s.client();
  s.plugin.stop();
  CHECK(s.http[one].close_code == 1001);
  CHECK(s.http[two].close_code == 1001);
  CHECK(s.host.stopped);
  CHECK(s.http[s.open()].status == 503);
  CHECK(s.metric("closed_total", "stopping") == 2);
  CHECK(s.metric("refused_total", "stopping") == 1);
}

TEST_CASE("without anybody, stop is done at once") {
  Server s;
  s.plugin.stop();
  CHECK(s.host.stopped);
}

TEST_CASE("many are sent away one after the other, within half of the time that is left") {
  Server s;
  std::vector<sbx_id> all;
  for (int i = 0; i < 1000; ++i) all.push_back(s.client());
  const auto open = [&] {
    size_t n = 0;
    for (const sbx_id ws : all) n += s.http[ws].open() ? 1 : 0;
    return n;
  };
  s.plugin.stop(s.host.now_ns + 200 * sbx::kMillisecondNs);
  CHECK(open() > 700);
  CHECK_FALSE(s.host.stopped);
  s.host.advance(40 * sbx::kMillisecondNs);
  CHECK(open() < 500);
  CHECK(open() > 0);
  s.host.advance(60 * sbx::kMillisecondNs);
  CHECK(open() == 0);
  CHECK(s.host.stopped);
  CHECK(s.host.timers() == 0);
}
