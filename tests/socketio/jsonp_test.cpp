#include <doctest/doctest.h>

#include "tests/socketio/server.hpp"

TEST_CASE("JSONP carries a session of version 2") {
  Server s;
  const sbx_id open = s.request("EIO=3&transport=polling&j=0&b64=1");
  CHECK(s.http[open].header("content-type") == "text/javascript; charset=UTF-8");
  CHECK(s.body(open).starts_with("___eio[0](\""));
  CHECK(s.body(open).ends_with("2:40\");"));
  std::string plain = s.body(open);
  std::erase(plain, '\\');
  const std::string sid = Server::sid_in(plain);
  const sbx_id poll = s.get(sid, "&j=1");
  const sbx_id post = s.post(sid, "d=7%3A42%5B%22a%22%5D", "application/x-www-form-urlencoded", "&j=1");
  CHECK(s.body(post) == "ok");
  CHECK(s.host.metric("signalbox_socketio_client_events_ignored_total") == 1);
  s.event("c", "e", "\"\u2028\"");
  CHECK(s.body(poll) == "___eio[1](\"13:42[\\\"c:e\\\",\\\"\\u2028\\\"]\");");
}

TEST_CASE("JSONP of a page elsewhere is refused, because no origin was checked") {
  Server s;
  sbx::testing::Request r;
  r.path = "/socket.io/";
  r.query = "EIO=3&transport=polling&j=0";
  r.no_cors = true;
  const sbx_id id = s.http.request(r);
  CHECK(s.status(id) == 403);
  CHECK(s.body(id) == R"({"code":4,"message":"Forbidden"})");
  r.query = "EIO=3&transport=polling";
  CHECK(s.status(s.http.request(r)) == 200);
}

TEST_CASE("a JSONP post without its field is malformed") {
  Server s;
  const std::string sid = s.poll_session("EIO=3&transport=polling&b64=1");
  CHECK(s.status(s.post(sid, "x=1", "application/x-www-form-urlencoded", "&j=0")) == 400);
}
