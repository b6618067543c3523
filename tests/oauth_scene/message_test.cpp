// Which pushes are scans, and of what.
#include <doctest/doctest.h>

#include "plugins/sources/oauth/scene_message.hpp"

using namespace oauth;

namespace {

std::string said(const std::string &event, const std::string &key, const std::string &kind = "event",
                 const std::string &openid = "oPhone_-1") {
  return R"({"openid":")" + openid + R"(","account":"gh_scene","time":"1760000000","kind":")" + kind +
         R"(","event":")" + event + R"(","key":")" + key + R"("})";
}
std::string scene(const std::string &event, const std::string &key, const std::string &kind = "event") {
  const auto message = read_scene_message(said(event, key, kind));
  REQUIRE(message);
  return std::string(scanned_scene(*message));
}

}  // namespace

TEST_CASE("a follower's scan and a first follow through the code name their scene") {
  CHECK(scene("SCAN", "abc123") == "abc123");
  CHECK(scene("subscribe", "qrscene_abc123") == "abc123");
  CHECK(scene("SCAN", "qrscene_abc123") == "qrscene_abc123");  // that is a scene's name there
}

TEST_CASE("nothing else is a scan: other words, other cases, other kinds, scenes that are none") {
  CHECK(scene("scan", "abc").empty());
  CHECK(scene("Scan", "abc").empty());
  CHECK(scene("SUBSCRIBE", "qrscene_abc").empty());
  CHECK(scene("subscribe", "abc").empty());
  CHECK(scene("subscribe", "").empty());
  CHECK(scene("subscribe", "qrscene_").empty());
  CHECK(scene("unsubscribe", "abc").empty());
  CHECK(scene("CLICK", "abc").empty());
  CHECK(scene("SCAN", "").empty());
  CHECK(scene("SCAN", "abc", "text").empty());
  CHECK(scene("SCAN", "a b").empty());
  CHECK(scene("SCAN", std::string(65, 'a')).empty());
  CHECK(scene("SCAN", std::string(64, 'a')).size() == 64);
}

TEST_CASE("a message whose sender cannot be answered to is none") {
  CHECK_FALSE(read_scene_message(said("SCAN", "abc", "event", "o]]>x")));
  CHECK_FALSE(read_scene_message(said("SCAN", "abc", "event", "")));
  CHECK_FALSE(read_scene_message(said("SCAN", "abc", "event", std::string(129, 'o'))));
  CHECK_FALSE(read_scene_message("[]"));
  CHECK_FALSE(read_scene_message("{"));
  CHECK_FALSE(read_scene_message(R"({"openid":1,"account":"gh","time":"1"})"));
}

TEST_CASE("messages are told apart by sender, time and event") {
  const auto a = read_scene_message(said("SCAN", "abc"));
  const auto b = read_scene_message(said("SCAN", "other"));
  const auto c = read_scene_message(said("subscribe", "qrscene_abc"));
  REQUIRE((a && b && c));
  CHECK(a->id() == b->id());
  CHECK(a->id() != c->id());
  CHECK(a->id() == "oPhone_-1:1760000000:SCAN");
}
