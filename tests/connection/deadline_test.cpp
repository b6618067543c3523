// What a connection is given time for: a head that has begun, and the next request on one that stays open.
#include <doctest/doctest.h>

#include "tests/connection/house.hpp"

namespace signalbox::testing {

TEST_CASE("what begins and does not go on is told so and ended") {
  net::ListenerOptions options = House::default_options();
  options.limits.handshake_ns = 20'000'000;
  House house(1, options);
  house.start();
  const auto slow = house.connect(), silent = house.connect();
  slow->send("GET /app HT");
  std::string got;
  CHECK(house.wait([&] { return (got += slow->receive()).ends_with("\n") && silent->ended(); }));
  CHECK(got.starts_with("HTTP/1.1 408 "));
  CHECK(slow->ended());
}

TEST_CASE("a deadline that was put off, or rested while the plugin thought, is there again for the next request") {
  net::ListenerOptions options = House::default_options();
  options.limits.handshake_ns = 20'000'000;
  House house(1, options);
  Script &app = house.script();
  app.path = "/app";
  house.start();
  // The places that all of them had when they came are passed once one that says nothing is ended.
  const auto time_passes = [&] {
    const auto silent = house.connect();
    CHECK(house.wait([&] { return silent->ended(); }));
  };
  const auto put_off = house.connect(), rested = house.connect();
  put_off->ask(get("/app"));
  app.respond(app.id, "one");
  house.run();
  CHECK(put_off->receive().ends_with("\r\n\r\none"));
  rested->ask(get("/app"));
  const sbx_id waiting = app.id;
  time_passes();
  CHECK_FALSE(put_off->ended());
  CHECK_FALSE(rested->ended());
  app.respond(waiting, "two");
  house.run();
  CHECK(rested->receive().ends_with("\r\n\r\ntwo"));
  time_passes();
  for (const auto &client : {&put_off, &rested}) {
    CHECK_FALSE((*client)->ended());
    (*client)->send("GET /app HT");
    std::string got;
    CHECK(house.wait([&] { return (got += (*client)->receive()).ends_with("\n") && (*client)->ended(); }));
    CHECK(got.starts_with("HTTP/1.1 408 "));
  }
}

}  // namespace signalbox::testing
