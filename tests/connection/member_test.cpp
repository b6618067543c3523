// Virtual members as a plugin sees them (sbx.fanout/1): whatever it does from inside its own functions.
#include <doctest/doctest.h>

#include "tests/connection/house.hpp"

namespace signalbox::testing {
namespace {

struct Fixture {
  House house;
  Script &app = house.script();
  std::vector<std::string> told;
  sbx_member_events events{sizeof events, 0,
                           [](void *self, sbx_id) noexcept { static_cast<Fixture *>(self)->told.push_back("ready"); },
                           [](void *self, sbx_id, sbx_status why) noexcept {
                             static_cast<Fixture *>(self)->told.push_back("close " + std::to_string(why));
                           }};
  sbx_id member = 0;

  Fixture() {
    app.outbox.bytes_max = 1000;
    house.start();
    member = make();
  }
  sbx_id make() { return app.fanout().member(app.host(), &events, this); }
  sbx_status transfer(sbx_id to) { return app.fanout().transfer(app.host(), member, to); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a member whose outbox overflowed is gone: its id is stale, nothing of it stays") {
  app.join(member, "g");
  CHECK(app.post(member, std::string(900, 'x')) == SBX_FULL);
  CHECK(app.post(member, std::string(900, 'x')) == SBX_ESLOW);
  house.run();
  CHECK(told.back() == "close " + std::to_string(SBX_ESLOW));
  CHECK(app.post(member, "x") == SBX_ESTALE);
  CHECK(app.join(member, "g") == SBX_ESTALE);
  CHECK(app.publish("g", "x") == 0);
  app.fanout().drop(app.host(), member);  // harmless
}

TEST_CASE_FIXTURE(Fixture, "a visitor may drop the member that it visits") {
  for (int i = 0; i < 3; ++i) app.post(member, "frame");
  struct Visit {
    Fixture *fixture;
    int seen;
  } visit{this, 0};
  const size_t taken = app.fanout().take(
      app.host(), member, SIZE_MAX,
      [](void *user, const sbx_frame *frame) noexcept {
        auto &v = *static_cast<Visit *>(user);
        Script &s = v.fixture->app;
        s.fanout().drop(s.host(), v.fixture->member);
        v.seen += frame->parts[0].len == 5 ? 1 : 0;
      },
      &visit);
  CHECK(taken == 1);
  CHECK(visit.seen == 1);
  house.run();
  CHECK(app.post(member, "x") == SBX_ESTALE);
}

TEST_CASE_FIXTURE(Fixture, "what waits goes to a websocket or another member, but not into a plain response") {
  app.post(member, "waits");
  app.join(member, "g");
  const auto client = house.connect();
  client->ask(get("/app"));
  CHECK(transfer(app.id) == SBX_EUNSUPPORTED);  // not answered yet
  app.respond(app.id, "", true);
  CHECK(transfer(app.id) == SBX_EUNSUPPORTED);
  CHECK(transfer(member) == SBX_EUNSUPPORTED);
  const sbx_id second = make();
  CHECK(transfer(second) == SBX_OK);
  CHECK(app.post(member, "x") == SBX_ESTALE);
  member = second;
  const auto websocket = house.connect();
  websocket->ask(upgrade("/app"));
  CHECK(app.accept(app.id) == SBX_OK);
  CHECK(transfer(app.id) == SBX_OK);
  CHECK(app.publish("g", "live") == 1);
  house.run();
  CHECK(websocket->receive().ends_with("\r\n\r\n" + server_frame(1, "waits") + server_frame(1, "live")));
}

TEST_CASE_FIXTURE(Fixture, "a mount after the start is refused: the lanes read the table") {
  house.world.running = true;
  sbx_mount m{};
  m.size = sizeof m;
  m.listener = {"public", 6};
  m.path = {"/late", 5};
  sbx_http_events on{};
  on.size = sizeof on;
  on.on_request = [](void *, sbx_id, const sbx_request *) noexcept {};
  CHECK(app.http().mount(app.host(), &m, &on, nullptr) == SBX_ESTATE);
  house.world.running = false;
  m.path = {"late", 4};
  CHECK(app.http().mount(app.host(), &m, &on, nullptr) == SBX_EINVAL);
}

}  // namespace signalbox::testing
