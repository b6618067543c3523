// WebSockets: messages, the closing handshake from both sides, slow readers, drops.
#include <doctest/doctest.h>

#include "tests/connection/house.hpp"

namespace signalbox::testing {
namespace {

struct Fixture {
  House house;
  Script &app = house.script();
  std::unique_ptr<Client> client;

  Fixture() {
    app.on_request = [this](sbx_id id) { CHECK(app.accept(id) == SBX_OK); };
    app.on_message = [this](sbx_id id, std::string_view text) { app.send(id, text); };
    house.start();
    client = house.connect();
  }
  void open() {
    CHECK(client->ask(upgrade("/app")).starts_with("HTTP/1.1 101 "));
    app.told.clear();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "messages come back, also fragmented ones with a ping between") {
  open();
  CHECK(client->ask(ws_text("hi")) == server_frame(1, "hi"));
  CHECK(client->ask(ws_frame(1, "ab", false) + ws_frame(9, "p") + ws_frame(0, "cd")) ==
        server_frame(10, "p") + server_frame(1, "abcd"));
  std::string dripped;
  for (const char c : ws_text("drip")) dripped += client->ask({&c, 1});
  CHECK(dripped == server_frame(1, "drip"));
}

TEST_CASE_FIXTURE(Fixture, "a message right behind the upgrade request is not lost") {
  CHECK(client->ask(upgrade("/app") + ws_text("early") + ws_text("bird"))
            .ends_with("\r\n\r\n" + server_frame(1, "early") + server_frame(1, "bird")));
}

TEST_CASE_FIXTURE(Fixture, "nor is one that waits while the plugin makes up its mind") {
  app.on_request = {};
  client->ask(upgrade("/app") + ws_text("one"));
  CHECK(app.send(app.id, "x") == SBX_ESTATE);
  client->send(ws_text("two"));
  house.turn(0, [&] { CHECK(app.accept(app.id) == SBX_OK); });  // and reads in the same turn
  client->send(ws_text("three"));
  house.run();
  CHECK(client->receive().ends_with("\r\n\r\n" + server_frame(1, "one") + server_frame(1, "two") +
                                    server_frame(1, "three")));
}

TEST_CASE_FIXTURE(Fixture, "when the client closes it gets its code back and the connection ends") {
  open();
  CHECK(client->ask(ws_close(1001) + ws_text("too late")) == server_close(1001));
  CHECK(client->ended());
  CHECK(app.told == std::vector<std::string>{"close " + std::to_string(SBX_ECLOSED) + " 1001"});
  client->hang_up();
  house.run();
  CHECK(house.listener().connections() == 0);
}

TEST_CASE_FIXTURE(Fixture, "when the plugin closes the connection ends with the client's answer, at once") {
  open();
  app.send(app.id, "last");
  app.close(app.id, 4000, "why");
  CHECK(app.send(app.id, "no more") == SBX_ESTATE);
  house.run();
  CHECK(client->receive() == server_frame(1, "last") + server_close(4000, "why"));
  CHECK(!client->ended());
  CHECK(app.told.empty());
  CHECK(client->ask(ws_text("ignored") + ws_close(4000)) == "");
  CHECK(client->ended());
  CHECK(app.told == std::vector<std::string>{"close 0 4000"});
}

TEST_CASE_FIXTURE(Fixture, "a client that just goes after the plugin's close has ended as the plugin asked") {
  open();
  app.close(app.id, 1000, "");
  house.run();
  client->hang_up();
  house.run();
  CHECK(app.told == std::vector<std::string>{"close 0 1000"});
}

TEST_CASE_FIXTURE(Fixture, "nonsense after the plugin's close ends the connection at once, too") {
  open();
  app.close(app.id, 1000, "");
  house.run();
  client->receive();
  client->ask(std::string(8, '\xff'));
  CHECK(client->ended());
}

TEST_CASE_FIXTURE(Fixture, "a broken frame is answered with 1002, one that is too long with 1009") {
  open();
  CHECK(client->ask(std::string(8, '\xff')) == server_close(1002));
  CHECK(client->ended());
  CHECK(app.told.back() == "close " + std::to_string(SBX_EPROTO) + " 1002");
  client = house.connect();
  open();
  CHECK(client->ask(std::string("\x82\xff\x00\x00\x00\x00\x10\x00\x00\x00", 10)) == "");
  CHECK(client->ask("mask") == server_close(1009));
  CHECK(app.told.back() == "close " + std::to_string(SBX_ETOOBIG) + " 1009");
}

TEST_CASE_FIXTURE(Fixture, "a client that vanishes is 1006") {
  open();
  client->hang_up();
  house.run();
  CHECK(app.told == std::vector<std::string>{"close " + std::to_string(SBX_ECLOSED) + " 1006"});
}

TEST_CASE_FIXTURE(Fixture, "pings without end from a client that does not read end it") {
  open();
  const std::string ping = ws_frame(9, std::string(100, 'p'));
  std::string pings;
  for (int i = 0; i < 500; ++i) pings += ping;
  for (int i = 0; i < 100 && app.told.empty(); ++i) {
    client->send(pings);
    house.run();
  }
  CHECK(app.told == std::vector<std::string>{"close " + std::to_string(SBX_ESLOW) + " 1006"});
  house.run();
  CHECK(house.listener().connections() == 0);
}

TEST_CASE_FIXTURE(Fixture, "thousands of frames posted in one turn arrive in order, FULL past half of the outbox") {
  app.outbox.bytes_max = 1 << 20;
  REQUIRE(app.fanout().outbox(app.host(), &app.outbox) == SBX_OK);
  open();
  std::string wanted;
  constexpr int kPosted = 10'000;
  int full = 0;
  for (int i = 0; i < kPosted; ++i) {
    const std::string message = std::to_string(i) + std::string(60, 'r');
    const sbx_status status = app.post(app.id, message);
    const bool half = wanted.size() + 2 + message.size() > (1 << 20) / 2;
    CHECK(status == (half ? SBX_FULL : SBX_OK));
    full += status == SBX_FULL ? 1 : 0;
    wanted += server_frame(1, message);
  }
  CHECK(full > 1000);
  CHECK(app.told.empty());
  std::string got;
  for (int i = 0; i < 1000 && got.size() < wanted.size(); ++i) {
    house.turn(0);
    got += client->receive();
  }
  house.run();
  CHECK(got == wanted);
  CHECK(app.told == std::vector<std::string>{"drain"});
}

TEST_CASE("a reader that is too slow is cut off; the others of its group get everything") {
  House house;
  Script &app = house.script();
  app.outbox.bytes_max = 100'000;
  app.on_request = [&](sbx_id id) {
    app.accept(id);
    app.join(id, "all");
  };
  house.start();
  const auto slow = house.connect(), good = house.connect();
  slow->ask(upgrade("/app"));
  good->ask(upgrade("/app"));
  const std::string message(10'000, 'm');
  size_t got = 0;
  int sent = 0;
  for (; sent < 200 && app.told.size() == 2; ++sent) {
    app.publish("all", message);
    house.turn(0);
    got += good->receive().size();
  }
  CHECK(app.told.back() == "close " + std::to_string(SBX_ESLOW) + " 1006");
  house.run();
  got += good->receive().size();
  CHECK(got == static_cast<size_t>(sent) * (message.size() + 4));
  CHECK(app.publish("all", message) == 1);
  CHECK(house.listener().connections() == 1);
}

}  // namespace signalbox::testing
