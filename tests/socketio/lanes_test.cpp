#include <doctest/doctest.h>

#include "tests/socketio/server.hpp"

TEST_CASE("a session's id says which lane it belongs to, on any lane") {
  Server first("", 0, 70, 1), second("", 69, 70, 2);
  const std::string a = first.poll_session(), b = second.poll_session();
  CHECK(a != b);
  // Each lane keeps its own requests and names the owner of the other's.
  CHECK(first.http[first.get(a)].lane == -1);
  CHECK(first.http[first.get(b)].lane == 69);
  CHECK(second.http[second.get(a)].lane == 0);
  CHECK(second.http[second.post(a, "40")].lane == 0);
  CHECK(second.http[second.websocket("EIO=4&transport=websocket&sid=" + a)].lane == 0);
}

TEST_CASE("an id that names no lane stays where it came in and is unknown there") {
  Server s("", 0, 2);
  for (const char *sid : {"zz", "A", "!!xxxx", "%00%00abc", "AC", "________________"}) {
    const sbx_id id = s.get(sid);
    CHECK(s.http[id].lane == -1);
    CHECK(s.status(id) == 400);
  }
}

TEST_CASE("an event reaches the clients of every lane, each through its own instance") {
  Server first("", 0, 2, 1), second("", 1, 2, 2);
  const sbx_id a = first.websocket_client(), b = second.websocket_client();
  first.event("c", "e", "1");
  second.event("c", "e", "1");
  CHECK(first.received(a) == text({"42[\"c:e\",1]"}));
  CHECK(second.received(b) == text({"42[\"c:e\",1]"}));
}
