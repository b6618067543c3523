#include <doctest/doctest.h>

#include "tests/socketio/server.hpp"

TEST_CASE("a poll hangs until there is something to say") {
  Server s;
  const std::string sid = s.poll_session();
  CHECK(s.body(s.post(sid, "40")) == "ok");
  const sbx_id connected = s.get(sid);
  CHECK(s.body(connected).starts_with("40{\"sid\":\""));
  CHECK(Server::sid_in(s.body(connected)) != sid);
  const sbx_id poll = s.get(sid);
  CHECK_FALSE(s.http[poll].answered());
  s.event("tok123", "wechat.login", R"({"id":7})");
  CHECK(s.body(poll) == R"(42["tok123:wechat.login",{"id":7}])");
}

TEST_CASE("what happens between two polls waits for the next one, in order") {
  Server s;
  const std::string sid = s.poll_session();
  s.post(sid, "40");
  s.get(sid);
  for (const char *data : {"1", "2", "3"}) s.event("c", "e", data);
  CHECK(s.body(s.get(sid)) ==
        "42[\"c:e\",1]\x1e"
        "42[\"c:e\",2]\x1e"
        "42[\"c:e\",3]");
}

TEST_CASE("a post is answered ok and carries several packets") {
  Server s;
  const std::string sid = s.poll_session();
  const sbx_id post = s.post(sid,
                             "40\x1e"
                             "42[\"hello\"]\x1e"
                             "3");
  CHECK(s.status(post) == 200);
  CHECK(s.body(post) == "ok");
  CHECK(s.http[post].header("content-type") == "text/html");
  CHECK(s.host.metric("signalbox_socketio_packets_in_total") == 3);
  CHECK(s.host.metric("signalbox_socketio_client_events_ignored_total") == 1);
}

TEST_CASE("a malformed post ends the session with 400") {
  for (const char *body : {"abc", "", "4", "4abc", "42{}", "0", "2", "4\xff",
                           "40\x1e"
                           "x",
                           "452-[\"a\"]\x1e"
                           "42[\"a\"]",
                           "bAQID"}) {
    CAPTURE(body);
    Server s;
    const std::string sid = s.poll_session();
    const sbx_id post = s.post(sid, body);
    CHECK((s.status(post) == 400 || s.body(post) == "ok"));
    CHECK(s.status(s.get(sid)) == 400);
    CHECK(s.host.metric("signalbox_socketio_closed_total", "parse") == 1);
    CHECK(s.host.metric("signalbox_socketio_clients", "polling") == 0);
    CHECK(s.fanout.virtual_members() == 0);
  }
}

TEST_CASE("two polls at once end the session: the first hears it, the second is refused") {
  Server s;
  const std::string sid = s.poll_session();
  const sbx_id first = s.get(sid), second = s.get(sid);
  CHECK(s.status(first) == 200);
  CHECK(s.body(first) == "1");
  CHECK(s.status(second) == 400);
  CHECK(s.status(s.get(sid)) == 400);
}

TEST_CASE("two posts at once end the session") {
  Server s;
  const std::string sid = s.poll_session();
  sbx::testing::Request r;
  r.method = "POST";
  r.path = "/socket.io/";
  r.query = "EIO=4&transport=polling&sid=" + sid;
  r.body = "";
  const sbx_id first = s.http.begin(r);
  s.http.body(first, "4", false);
  const sbx_id second = s.post(sid, "40");
  CHECK(s.status(second) == 400);
  s.http.body(first, "0", true);
  CHECK(s.status(first) == 400);
  CHECK(s.host.metric("signalbox_socketio_closed_total", "overlap") == 1);
}

TEST_CASE("a client that closes gets its hanging poll back") {
  Server s;
  const std::string sid = s.poll_session();
  const sbx_id poll = s.get(sid);
  CHECK(s.body(s.post(sid, "1")) == "ok");
  CHECK(s.body(poll) == "6");
  CHECK(s.status(s.get(sid)) == 400);
  CHECK(s.host.metric("signalbox_socketio_closed_total", "client") == 1);
}

TEST_CASE("a poll whose connection breaks ends the session") {
  Server s;
  const std::string sid = s.poll_session();
  s.http.drop(s.get(sid));
  CHECK(s.status(s.get(sid)) == 400);
  CHECK(s.host.metric("signalbox_socketio_closed_total", "transport") == 1);
}

TEST_CASE("a binary body is not for revision 4, and strange methods are refused") {
  Server s;
  const std::string sid = s.poll_session();
  CHECK(s.status(s.request("EIO=4&transport=polling&sid=" + sid, "DELETE")) == 400);
  CHECK(s.status(s.post(sid, "40", "application/octet-stream")) == 400);
  CHECK(s.status(s.get(sid)) == 400);
}

TEST_CASE("an event with binary data is base64 for a poll") {
  Server s;
  const std::string sid = s.poll_session();
  s.post(sid, "40");
  s.get(sid);
  sbx::testing::Event e{"c", "e", "\x01\x02\x03\x04"};
  e.binary = true;
  s.plugin.deliver(e);
  CHECK(s.body(s.get(sid)) ==
        "451-[\"c:e\",{\"_placeholder\":true,\"num\":0}]\x1e"
        "bAQIDBA==");
}
