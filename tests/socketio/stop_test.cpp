#include <doctest/doctest.h>

#include "tests/socketio/server.hpp"

TEST_CASE("stop closes every client in the way that makes it come back") {
  Server s;
  const sbx_id ws = s.websocket_client();
  const std::string sid = s.poll_session();
  s.post(sid, "40");
  s.get(sid);
  const sbx_id poll = s.get(sid);
  const std::string upgrading = s.poll_session();
  const sbx_id probe = s.websocket("EIO=4&transport=websocket&sid=" + upgrading);
  s.plugin.stop();
  // No Socket.IO disconnect ("41"): clients do not reconnect after one.
  CHECK(s.received(ws).empty());
  CHECK(s.http[ws].close_code == 1012);
  CHECK(s.body(poll) == "1");
  CHECK_FALSE(s.http[probe].open());
  CHECK(s.host.stopped);
  CHECK(s.host.metric("signalbox_socketio_closed_total", "stopping") == 3);
  CHECK(s.host.metric("signalbox_socketio_clients", "websocket") == 0);
}

TEST_CASE("stop without clients is over at once, and nobody gets in any more") {
  Server s;
  s.plugin.stop();
  CHECK(s.host.stopped);
  CHECK(s.status(s.request("EIO=4&transport=polling")) == 503);
}

TEST_CASE("what waits for a poll goes out before the end") {
  Server s;
  const std::string sid = s.poll_session();
  s.post(sid, "40");
  s.get(sid);
  const sbx_id poll = s.get(sid);
  s.plugin.give({"c", "e", "1"});
  s.plugin.stop();
  CHECK(s.body(poll) ==
        "42[\"c:e\",1]\x1e"
        "1");
}
