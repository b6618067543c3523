// What each of the endpoint's answers means.
#include "plugins/filters/auth/laravel_answer.hpp"
#include "tests/auth/auth_fixture.hpp"

using namespace auth_test;

namespace {

struct Answered : AuthFixture {
  Answered() : AuthFixture(laravel_config()) {}
  uint64_t answered_by(const std::string &channel, const Answer &answer) {
    const uint64_t asked = ask(channel);
    REQUIRE_FALSE(AuthFixture::answered(asked));
    web.answer(web.newest(), answer);
    return asked;
  }
  uint64_t failed_by(sbx_status why) {
    const uint64_t asked = ask("private-a");
    web.fail(web.newest(), why);
    return asked;
  }
};

}  // namespace

TEST_CASE("200 admits to a private channel, whatever it says but false or a page") {
  Answered f;
  for (const char *body : {"true", "", "{}", "\"ok\"", R"({"auth":"key:hex"})", "not json"})
    CHECK(f.in(f.answered_by("private-a", {.body = body})));
  CHECK(f.told(f.last_ask).principal.empty());
  CHECK(f.out(f.answered_by("private-a", {.body = " false\n"})) == 403);
  CHECK(f.refused("said_false") == 1);
  CHECK(f.out(f.answered_by("private-a", {.body = "\n<!doctype html><title>Log in</title>"})) == 401);
  CHECK(f.refused("page") == 1);
}

TEST_CASE("a presence channel gets its member from channel_data, an object or a text with one") {
  Answered f;
  const std::string object =
      R"({"channel_data": {"user_id" : 7, "user_info": {"name": "A \" b", "n": 1.50 }, "x": 1}})";
  const uint64_t first = f.answered_by("presence-room.3", {.body = object});
  CHECK(f.in(first));
  CHECK(f.told(first).principal == "7");
  CHECK(f.told(first).member == R"({"user_id":7,"user_info":{"name":"A \" b","n":1.50}})");
  CHECK(f.told(first).linger_ns == 5 * sbx::kSecondNs);
  const std::string text = R"({"auth":"k:h","channel_data":"{\"user_id\":\"u-\\u00e9\",\"user_info\":null}"})";
  const uint64_t second = f.answered_by("presence-room.3", {.body = text});
  CHECK(f.told(second).principal == "u-\xC3\xA9");
  CHECK(f.told(second).member == "{\"user_id\":\"u-\\u00e9\",\"user_info\":null}");
  const uint64_t bare = f.answered_by("presence-room.3", {.body = R"({"channel_data":{"user_id":"a"}})"});
  CHECK(f.told(bare).member == R"({"user_id":"a","user_info":{}})");
}

TEST_CASE("a private channel learns who it is, but has no members") {
  Answered f;
  const uint64_t ask = f.answered_by("private-a", {.body = R"({"channel_data":{"user_id":7,"user_info":{}}})"});
  CHECK(f.in(ask));
  CHECK(f.told(ask).principal == "7");
  CHECK(f.told(ask).member.empty());
  CHECK(f.told(ask).linger_ns == 0);
}

TEST_CASE("a presence channel stays shut for who cannot be shown to the others") {
  Answered f;
  for (const char *body : {"true", "", "{}", "[1]", "not json", R"({"auth":"k:h"})"})
    CHECK(f.out(f.answered_by("presence-a", {.body = body})) == 403);
  CHECK(f.refused("no_member") == 6);
  const std::string long_id = R"({"channel_data":{"user_id":")" + std::string(257, 'x') + "\"}}";
  const std::string long_info = R"({"channel_data":{"user_id":1,"user_info":")" + std::string(8192, 'x') + "\"}}";
  for (const std::string &body : std::vector<std::string>{
           R"({"channel_data":{}})", R"({"channel_data":{"user_id":null}})", R"({"channel_data":{"user_id":""}})",
           R"({"channel_data":{"user_id":1.5}})", R"({"channel_data":{"user_id":true}})",
           R"({"channel_data":{"user_id":{"a":1}}})", R"({"channel_data":{"user_id":"a\nb"}})",
           R"({"channel_data":"{"})", R"({"channel_data":7})", long_id, long_info})
    CHECK(f.out(f.answered_by("presence-a", {.body = body})) == 403);
  CHECK(f.refused("bad_member") == 11);
}

TEST_CASE("every other status refuses, and tells the client no more than it may know") {
  Answered f;
  const std::vector<std::pair<uint32_t, uint32_t>> codes{
      {201, 403}, {204, 403}, {301, 401}, {302, 401}, {303, 401}, {400, 403}, {401, 401}, {403, 403},
      {404, 403}, {405, 403}, {419, 419}, {422, 403}, {429, 429}, {500, 500}, {503, 503}, {600, 403}};
  for (const auto &code : codes) {
    CAPTURE(code.first);
    const std::vector<std::pair<std::string, std::string>> login{{"location", "/login"}};
    CHECK(f.out(f.answered_by("private-a", {.status = code.first, .headers = login, .body = "true"})) == code.second);
  }
  CHECK(f.web.fetches() == codes.size());  // no redirect was followed and nothing tried twice
  CHECK(f.refused("redirect") == 3);
  CHECK(f.refused("page_expired") == 1);
  CHECK(f.refused("server_error") == 2);
  CHECK(f.host.logged("/rules/0 (laravel): redirect, the endpoint answered 302; told 401") == 1);
}

TEST_CASE("no answer, half an answer, far too much of an answer") {
  Answered f;
  CHECK(f.out(f.failed_by(SBX_ETIMEOUT)) == 0);
  CHECK(f.out(f.failed_by(SBX_EREFUSED)) == 0);
  CHECK(f.out(f.failed_by(SBX_ECLOSED)) == 0);
  CHECK(f.out(f.failed_by(SBX_EPROTO)) == 502);
  CHECK(f.out(f.answered_by("private-a", {.body = std::string((64u << 10) + 1, ' ')})) == 502);
  CHECK(f.refused("timeout") == 1);
  CHECK(f.refused("unreachable") == 2);
  CHECK(f.refused("bad_answer") == 1);
  CHECK(f.refused("answer_too_big") == 1);
  const uint64_t never = f.ask("private-a");
  f.host.advance(4 * sbx::kSecondNs);
  CHECK_FALSE(f.answered(never));
  f.host.advance(2 * sbx::kSecondNs);
  CHECK(f.out(never) == 0);
  CHECK(f.web.waiting() == 0);
}

TEST_CASE("numbers and keys of a member stay as the application wrote them") {
  const auto judged =
      auth::judge_body(R"({"channel_data":{"user_id":12345678901234567890123,"user_info":{"z":1e400,"a":[]}}})", true);
  CHECK(judged.admitted);
  CHECK(judged.principal == "12345678901234567890123");
  CHECK(judged.member == R"({"user_id":12345678901234567890123,"user_info":{"z":1e400,"a":[]}})");
}
