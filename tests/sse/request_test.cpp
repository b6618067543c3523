// Requests that are refused, and those that are answered without a stream.
#include <doctest/doctest.h>

#include "tests/sse/server.hpp"

TEST_CASE("a request without a channel is told what to do, in its own form") {
  Server s;
  const sbx_id text = s.open(""), json = s.poll("wait=3");
  CHECK(s.status(text) == 400);
  CHECK(s.http[text].header("content-type") == "text/plain; charset=utf-8");
  CHECK(s.http[text].body == "name at least one channel in the query, as in ?channel=news\n");
  CHECK(s.status(json) == 400);
  CHECK(s.document(json) == Server::Json{{"error", "name at least one channel in the query, as in ?channel=news"}});
  CHECK(s.metric("signalbox_sse_refused_total", "query") == 2);
  CHECK(s.metric("signalbox_sse_streams") == 0);
}

TEST_CASE("only GET and HEAD read events") {
  Server s;
  for (const char *method : {"POST", "PUT", "DELETE", "OPTIONS", "get"}) {
    const sbx_id id = s.request("channel=a", {}, method);
    CHECK(s.status(id) == 405);
    CHECK(s.http[id].header("allow") == "GET, HEAD");
  }
  CHECK(s.metric("signalbox_sse_refused_total", "method") == 5);
}

TEST_CASE("HEAD gets the head of the answer and subscribes to nothing") {
  Server s;
  const sbx_id stream = s.request("channel=a", {}, "HEAD");
  const sbx_id json = s.request("channel=a&wait=9", {{"accept", "application/json"}}, "HEAD");
  CHECK(s.status(stream) == 200);
  CHECK(s.http[stream].header("content-type") == "text/event-stream");
  CHECK(s.http[json].header("content-type") == "application/json");
  CHECK((s.answered(stream) && s.answered(json)));
  CHECK(s.bytes(stream).empty());
  CHECK(s.log.subscribers("a") == 0);
  CHECK(s.status(s.request("", {}, "HEAD")) == 400);
}

TEST_CASE("Accept chooses between the stream and the poll") {
  Server s;
  CHECK(s.http[s.request("channel=a")].header("content-type") == "text/event-stream");
  CHECK(s.http[s.request("channel=a", {{"accept", "*/*"}})].header("content-type") == "text/event-stream");
  CHECK(s.http[s.request("channel=a", {{"accept", "application/json"}})].header("content-type") == "application/json");
  const sbx_id two = s.request("channel=a", {{"accept", "text/event-stream;q=0.1"}, {"accept", "application/json"}});
  CHECK(s.http[two].header("content-type") == "application/json");
  const sbx_id neither = s.request("channel=a", {{"accept", "text/html"}});
  CHECK(s.status(neither) == 406);
  CHECK(s.http[neither].body.find("text/event-stream") != std::string::npos);
}

TEST_CASE("what lies below the path is not there") {
  Server s;
  CHECK(s.status(s.request("channel=a", {}, "GET", "/events/")) == 200);
  const sbx_id id = s.request("channel=a", {}, "GET", "/events/7");
  CHECK(s.status(id) == 404);
  CHECK(s.http[id].body == "there is nothing at this path; events are at /events\n");
}

TEST_CASE("a WebSocket is sent to where it belongs") {
  Server s;
  sbx::testing::Request r;
  r.path = "/events";
  r.query = "channel=a";
  r.ws = true;
  const sbx_id id = s.http.request(r);
  CHECK(s.status(id) == 400);
  CHECK(s.http[id].body.find("EventSource") != std::string::npos);
}

TEST_CASE("the limit of channels is the option's") {
  Server s(R"(,"channels_max":2)");
  CHECK(s.status(s.open("channel=a&channel=b&channel=a")) == 200);
  CHECK(s.status(s.open("channel=a&channel=b&channel=c")) == 400);
}
