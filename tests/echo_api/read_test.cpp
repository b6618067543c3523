// Who listens, as it is told.
#include <doctest/doctest.h>

#include "echo_api_fixture.hpp"
#include "plugins/sources/echo_api/reader.hpp"

using namespace echo_api_test;

TEST_CASE("status is how many connections there are and since when") {
  Source s;
  s.host.advance(90 * sbx::kSecondNs);
  const sbx_id id = s.http.request(get("/apps/shop/status"));
  REQUIRE(s.census.questions.size() == 1);
  CHECK(s.status(id) == 0);
  s.census.answer(0, {}, 12);
  CHECK(s.http[id].body == R"({"subscription_count":12,"uptime":90})");
  CHECK(s.requests("read") == 1);
}

TEST_CASE("channels are those that begin with a prefix") {
  Source s;
  const sbx_id id = s.http.request(get("/apps/shop/channels", "filter_by_prefix=presence-%22"));
  CHECK(s.census.questions.at(0).prefix == "presence-\"");
  CHECK(s.census.questions.at(0).channel.empty());
  s.census.answer(0, {{"presence-\"1", 3, 2, "[]"}, {"presence-\"2", 1, 1, "[]"}});
  CHECK(s.answer(id) == json{{"channels",
                              {{"presence-\"1", {{"subscription_count", 3}, {"occupied", true}}},
                               {"presence-\"2", {{"subscription_count", 1}, {"occupied", true}}}}}});
}

TEST_CASE("a list that was cut says so") {
  Source s;
  const sbx_id id = s.http.request(get("/apps/shop/channels"));
  s.census.answer(0, {{"a", 1}}, 1, false);
  CHECK(s.answer(id)["incomplete"] == true);
  CHECK(s.answer(id)["channels"]["a"]["occupied"] == true);
}

TEST_CASE("a channel is told with its users where it is a presence channel") {
  Source s;
  const sbx_id plain = s.http.request(get("/apps/shop/channels/private-orders.7"));
  CHECK(s.census.questions.at(0).channel == "private-orders.7");
  s.census.answer(0, {{"private-orders.7", 2}});
  CHECK(s.http[plain].body == R"({"subscription_count":2,"occupied":true})");
  const sbx_id room = s.http.request(get("/apps/shop/channels/presence-room"));
  s.census.answer(1, {{"presence-room", 3, 2, "[]"}});
  CHECK(s.http[room].body == R"({"subscription_count":3,"occupied":true,"user_count":2})");
  const sbx_id nobody = s.http.request(get("/apps/shop/channels/x"));
  s.census.answer(2, {});
  CHECK(s.http[nobody].body == R"({"subscription_count":0,"occupied":false})");
}

TEST_CASE("users are those of a presence channel, and of no other") {
  Source s;
  const sbx_id id = s.http.request(get("/apps/shop/channels/presence-room/users"));
  s.census.answer(0, {{"presence-room", 1, 1, R"([{"user_id":7,"user_info":{"name":"A"}}])"}});
  CHECK(s.http[id].body == R"({"users":[{"id":7,"user_info":{"name":"A"}}]})");
  const sbx_id other = s.http.request(get("/apps/shop/channels/private-room/users"));
  CHECK(s.status(other) == 400);
  CHECK(s.error(other) == "User list is only possible for Presence Channels");
  CHECK(s.census.questions.size() == 1);
}

TEST_CASE("members become users without being rewritten") {
  using echo_api::users_text;
  CHECK(users_text(R"([{"user_id":12345678901234567890,"user_info":{"a":1.0}},{"user_id":"b","x":1}])") ==
        R"({"users":[{"id":12345678901234567890,"user_info":{"a":1.0}},{"id":"b","user_info":null}]})");
  CHECK(users_text("[]") == R"({"users":[]})");
  CHECK(users_text("[7]") == R"({"users":[]})");
  CHECK(users_text("") == R"({"users":[]})");
  CHECK(users_text(R"([{"user_id":1})") == R"({"users":[]})");
}

TEST_CASE("reading wants the key, and GET") {
  Source s;
  Request r = get("/apps/shop/status");
  r.headers.clear();
  CHECK(s.status(s.http.request(r)) == 403);
  CHECK(s.status(s.http.request(post(kOne, {}, "/apps/shop/status"))) == 405);
  CHECK(s.census.questions.empty());
}

TEST_CASE("with status: false there is only publishing") {
  Source s(json{{"status", false}});
  CHECK(s.status(s.http.request(get("/apps/shop/status"))) == 404);
  CHECK(s.status(s.http.request(get("/apps/shop/channels"))) == 404);
  CHECK(s.status(s.http.request(post(kOne))) == 0);
}

TEST_CASE("too many questions are 503") {
  Source s;
  s.census.taken = SBX_FULL;
  const sbx_id id = s.http.request(get("/apps/shop/status"));
  CHECK(s.status(id) == 503);
  CHECK(s.http[id].header("retry-after") == "1");
}

TEST_CASE("an answer for somebody who went away is nobody's") {
  Source s;
  const sbx_id gone = s.http.request(get("/apps/shop/status"));
  s.http.drop(gone);
  s.census.answer(0, {}, 1);
  CHECK(s.requests("gone") == 1);
  CHECK(s.requests("read") == 0);
}

TEST_CASE("a question that is under way holds the stop up until it is answered") {
  Source s;
  s.http.request(get("/apps/shop/status"));
  s.plugin.stop();
  CHECK_FALSE(s.host.stopped);
  s.census.answer(0, {}, 1);
  CHECK(s.host.stopped);
}
