// What a path asks for.
#include "plugins/sources/echo_api/route.hpp"

#include <doctest/doctest.h>

using echo_api::read_route;
using echo_api::Route;
using Kind = Route::Kind;

TEST_CASE("each of the five ways is known, with or without a slash at its end") {
  CHECK(read_route("/shop/events") == Route{Kind::kEvents, "shop", ""});
  CHECK(read_route("/shop/status") == Route{Kind::kStatus, "shop", ""});
  CHECK(read_route("/shop/channels") == Route{Kind::kChannels, "shop", ""});
  CHECK(read_route("/shop/channels/orders") == Route{Kind::kChannel, "shop", "orders"});
  CHECK(read_route("/shop/channels/presence-room/users/") == Route{Kind::kUsers, "shop", "presence-room"});
}

TEST_CASE("parts are decoded one by one, and a plus is itself") {
  CHECK(read_route("/a%2Fb/channels/a+b%2Fusers%C3%A9") == Route{Kind::kChannel, "a/b", "a+b/users\xC3\xA9"});
}

TEST_CASE("anything else is nothing") {
  for (const char *below :
       {"", "/", "/shop", "/shop/", "shop/events", "/shop/event", "//events", "/shop//status", "/shop/events/x",
        "/shop/channels/a/b", "/shop/channels/a/users/x", "/shop/channels//users"})
    CHECK(read_route(below).kind == Kind::kNone);
}

TEST_CASE("an escape that is none, or is not UTF-8, is told") {
  for (const char *below : {"/shop/channels/%", "/shop/channels/%zz", "/%ff/status", "/shop/channels/%C3"})
    CHECK(read_route(below).kind == Kind::kBroken);
}
