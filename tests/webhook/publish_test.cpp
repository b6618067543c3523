// Who may publish, what a request must look like, and what is emitted.
#include <doctest/doctest.h>

#include "publish_fixture.hpp"

using namespace webhook_test;

TEST_CASE("the mount is where the options say, with their limit") {
  Source s(json{{"body", 4096}});
  REQUIRE(s.http.mounts.size() == 1);
  CHECK(s.http.mounts[0].listener == "public");
  CHECK(s.http.mounts[0].path == "/publish");
  CHECK(s.http.mounts[0].body_max == 4096);
}

TEST_CASE("a mount that the host refuses fails the start") {
  Source s(json::object(), false);
  s.http.mount_answer = SBX_EREFUSED;
  CHECK(s.plugin.start() == SBX_EREFUSED);
}

TEST_CASE("an event is emitted as it was posted, with its source and its id for dedupe") {
  Source s;
  const sbx_id id = s.send(R"({"channel":"pay.7","event":"paid","data":{"n": 1.0},"id":"a"})");
  REQUIRE(s.host.emitted.size() == 1);
  const auto &e = s.host.emitted[0];
  CHECK(e.channel == "pay.7");
  CHECK(e.name == "paid");
  CHECK(e.data == R"({"n": 1.0})");
  CHECK(e.id == "a");
  CHECK(e.dedupe_key == "a");
  CHECK(e.dedupe_ns == 72 * 3600 * sbx::kSecondNs);
  CHECK(e.ack != 0);
  CHECK(e.raw_bytes.empty());
  CHECK(e.attrs == decltype(e.attrs){{"source", "backend"}, {"verified", "true"}});
  CHECK(s.status(id) == 0);
}

TEST_CASE("without an id every request is a new event") {
  Source s;
  s.send(R"({"channel":"c","event":"e"})");
  CHECK(s.host.emitted[0].dedupe_key.empty());
  CHECK(s.host.emitted[0].dedupe_ns == 0);
  CHECK(s.host.emitted[0].ack != 0);
}

TEST_CASE("whatever is wrong with the key, the answer is the same, and comes before the body") {
  Source s;
  std::string first;
  for (const char *authorization :
       {"Bearer wrong", "Bearer hunter2-hunter2-hunter", "Basic aHVudGVyMg==", "", "Bearer"}) {
    CAPTURE(std::string(authorization));
    const sbx_id id = s.http.begin(post("{", authorization));
    CHECK(s.status(id) == 401);
    CHECK(s.http[id].header("www-authenticate") == "Bearer realm=\"signalbox\"");
    CHECK(s.http[id].header("content-type") == "application/json");
    if (first.empty()) first = s.http[id].body;
    CHECK(s.http[id].body == first);
  }
  Request bare = post(kOne);
  bare.headers.pop_back();
  const sbx_id id = s.http.request(bare);
  CHECK(s.status(id) == 401);
  CHECK(s.http[id].body == first);
  CHECK(s.requests("unauthorized") == 6);
  CHECK(s.host.emitted.empty());
}

TEST_CASE("a list of keys lets an old one be used while callers change over") {
  Source s(json{{"secrets", json{{"key", {"new-key-new-key-new", "old-key-old-key-old"}}}}});
  CHECK(s.status(s.http.request(post(kOne, "Bearer new-key-new-key-new"))) == 0);
  CHECK(s.status(s.http.request(post(kOne, "Bearer old-key-old-key-old"))) == 0);
  CHECK(s.status(s.http.request(post(kOne))) == 401);
  CHECK(s.host.emitted.size() == 2);
}

TEST_CASE("only POST, and only the very path") {
  Source s;
  for (const char *method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "post"}) {
    Request r = post(kOne);
    r.method = method;
    const sbx_id id = s.http.request(r);
    CHECK(s.status(id) == 405);
    CHECK(s.http[id].header("allow") == "POST");
  }
  Request below = post(kOne);
  below.path = "/publish/x";
  CHECK(s.status(s.http.request(below)) == 404);
  below.path = "/publish/";
  CHECK(s.status(s.http.request(below)) == 0);
  CHECK(s.host.emitted.size() == 1);
}

TEST_CASE("the body is JSON and nothing else") {
  Source s;
  for (const char *type : {"text/plain", "", "application/x-www-form-urlencoded", "application/json; charset=latin1"})
    CHECK(s.status(s.http.request(with_header(post(kOne), "content-type", type))) == 415);
  Request none = post(kOne);
  none.headers.erase(none.headers.begin());
  CHECK(s.status(s.http.request(none)) == 415);
  Request twice = post(kOne);
  twice.headers.emplace_back("content-type", "application/json");
  CHECK(s.status(s.http.request(twice)) == 415);
  const sbx_id zipped = s.http.request(with_header(post(kOne), "content-encoding", "gzip"));
  CHECK(s.status(zipped) == 415);
  CHECK(s.code(zipped) == "unsupported_encoding");
  CHECK(s.host.emitted.empty());
  CHECK(s.status(s.http.request(with_header(post(kOne), "content-type", "application/json; charset=UTF-8"))) == 0);
  CHECK(s.host.emitted.size() == 1);
}

TEST_CASE("a malformed body is 400, and nothing of it is published") {
  Source s;
  const sbx_id id = s.send(R"([{"channel":"c","event":"e","id":"1"},{"channel":"c","id":"2"}])");
  CHECK(s.status(id) == 400);
  CHECK(s.code(id) == "malformed");
  CHECK(s.message(id) == "event 2 of the array: event is missing");
  CHECK(s.status(s.send("")) == 400);
  Request none = post("");
  none.body.reset();
  CHECK(s.status(s.http.request(none)) == 400);
  CHECK(s.host.emitted.empty());
  CHECK(s.requests("malformed") == 3);
}

TEST_CASE("a body may come in pieces") {
  Source s;
  const sbx_id id = s.http.begin(post(kOne));
  const std::string_view body = kOne;
  for (size_t i = 0; i < body.size(); ++i) s.http.body(id, body.substr(i, 1), i + 1 == body.size());
  REQUIRE(s.host.emitted.size() == 1);
  CHECK(s.host.emitted[0].data == "{\"id\":7}");
}

TEST_CASE("more requests at a time than allowed are answered 503, but only to who has a key") {
  Source s(json{{"requests_max", 2}});
  const sbx_id waiting = s.send(kOne), other = s.send(kOne);
  const sbx_id busy = s.http.request(post(kOne));
  CHECK(s.status(busy) == 503);
  CHECK(s.code(busy) == "busy");
  CHECK(s.http[busy].header("retry-after") == "1");
  CHECK(s.status(s.http.request(post(kOne, "Bearer wrong"))) == 401);
  s.receipt(0, SBX_OK, "c1");
  CHECK(s.status(waiting) == 200);
  CHECK(s.status(s.send(kOne)) == 0);
  s.http.drop(other);
  CHECK(s.status(s.send(kOne)) == 0);
  CHECK(s.requests("gone") == 1);
}

TEST_CASE("whoever sends a body slowly keeps nobody out") {
  Source s(json{{"requests_max", 3}});
  const sbx_id first = s.http.begin(post(kOne)), second = s.http.begin(post(kOne)), third = s.http.begin(post(kOne));
  CHECK(s.status(s.send(kOne)) == 0);
  CHECK(s.status(first) == 408);
  CHECK(s.code(first) == "slow");
  CHECK(s.status(second) == 0);
  s.http.body(second, kOne, true);
  CHECK(s.host.emitted.size() == 2);
  CHECK(s.status(s.send(kOne)) == 0);  // the third's place
  CHECK(s.status(third) == 408);
  CHECK(s.status(s.send(kOne)) == 503);  // all three wait for their receipts
  CHECK(s.requests("slow") == 2);
}

TEST_CASE("an array over events_max is refused whole") {
  Source s(json{{"events_max", 2}});
  const std::string e = R"({"channel":"c","event":"e"})";
  CHECK(s.status(s.send("[" + e + "," + e + "," + e + "]")) == 400);
  CHECK(s.host.emitted.empty());
  CHECK(s.status(s.send("[" + e + "," + e + "]")) == 0);
  CHECK(s.host.emitted.size() == 2);
}

TEST_CASE("refused requests are logged by reason, seldom, and without what they showed") {
  Source s;
  for (int i = 0; i < 100; ++i) s.http.request(post(kOne, "Bearer sesame-sesame"));
  CHECK(s.host.logs.size() == 1);
  CHECK(s.host.logged("192.0.2.1 with 401: its key is none of the configured ones") == 1);
  s.host.advance(11 * sbx::kSecondNs);
  s.http.request(post(kOne, "Bearer sesame-sesame"));
  CHECK(s.host.logged("99 more like this") == 1);
  s.send("{");
  CHECK(s.host.logged("with 400: the body is not valid JSON") == 1);
  for (const auto &line : s.host.logs) {
    CHECK(line.text.find("sesame") == std::string::npos);
    CHECK(line.text.find("hunter2") == std::string::npos);
  }
}
