// Compressed messages over a connection (RFC 7692), and the gaps of a slow one.
#include <doctest/doctest.h>

#include "core/net/ws_deflate.hpp"
#include "tests/connection/house.hpp"

namespace signalbox::testing {
namespace {

struct Fixture {
  House house;
  Script &app = house.script();

  Fixture() {
    app.accept_options.flags = SBX_WS_DEFLATE;
    app.on_request = [this](sbx_id id) {
      CHECK(app.accept(id) == SBX_OK);
      app.join(id, "all");
    };
    app.on_message = [this](sbx_id id, std::string_view text) { app.send(id, text); };
    house.start();
  }
  std::unique_ptr<Client> open(std::string_view offer, bool agreed) {
    auto client = house.connect();
    std::string request = upgrade("/app");
    request.insert(request.size() - 2, "Sec-WebSocket-Extensions: " + std::string(offer) + "\r\n");
    const std::string answer = client->ask(request);
    CHECK(answer.starts_with("HTTP/1.1 101 "));
    CHECK((answer.find("\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
                       "client_no_context_takeover\r\n") != std::string::npos) == agreed);
    return client;
  }
};

const std::string kLong(1000, 'x');
constexpr unsigned kCompressed = 0x41;

// What is in one compressed server frame.
std::string inflated(std::string_view frame) {
  REQUIRE(frame.size() > 2);
  CHECK(static_cast<unsigned char>(frame[0]) == 0xc1);
  CHECK(frame.size() == 2 + static_cast<size_t>(frame[1]));
  net::WsInflater inflater;
  std::string_view message;
  CHECK(inflater.inflate(frame.substr(2), 1 << 20, true, message) == 0);
  return std::string(message);
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "where it is agreed on long messages are compressed, both ways, and short ones are not") {
  const auto client = open("permessage-deflate; client_max_window_bits", true);
  CHECK(client->ask(ws_text("short")) == server_frame(1, "short"));
  CHECK(inflated(client->ask(ws_text(kLong))) == kLong);
  net::WsDeflater deflater;
  CHECK(inflated(client->ask(ws_frame(kCompressed, deflater.deflate(kLong)))) == kLong);
  CHECK(client->ask(ws_frame(kCompressed, "nonsense")) == server_close(1007));
  CHECK(client->ended());
  CHECK(app.told.back() == "close " + std::to_string(SBX_EPROTO) + " 1007");
}

TEST_CASE_FIXTURE(Fixture, "where it is not, by either side, nothing is compressed and RSV1 is an error") {
  const auto declined = open("permessage-deflate; server_max_window_bits=9", false);
  app.accept_options.flags = 0;
  const auto unwanted = open("permessage-deflate", false);
  for (Client *client : {declined.get(), unwanted.get()}) {
    CHECK(client->ask(ws_text(kLong)).substr(4) == kLong);
    CHECK(client->ask(ws_frame(kCompressed, "x")) == server_close(1002));
  }
}

TEST_CASE_FIXTURE(Fixture, "a publish reaches both kinds of client, each in its form") {
  const auto compressing = open("permessage-deflate", true), plain = open("x-other", false);
  CHECK(app.publish("all", kLong) == 2);
  house.run();
  CHECK(inflated(compressing->receive()) == kLong);
  CHECK(plain->receive().substr(4) == kLong);
}

TEST_CASE_FIXTURE(Fixture, "a compressed message may be longer than the wire shows, but not than message_max") {
  app.accept_options.message_max = 999;
  const auto client = open("permessage-deflate", true);
  net::WsDeflater deflater;
  CHECK(client->ask(ws_frame(kCompressed, deflater.deflate(kLong))) == server_close(1009));
  CHECK(app.told.back() == "close " + std::to_string(SBX_ETOOBIG) + " 1009");
}

TEST_CASE_FIXTURE(Fixture, "what waited for a virtual member goes to a compressing websocket") {
  const sbx_member_events events{sizeof events, 0, nullptr, nullptr};
  const sbx_id member = app.fanout().member(app.host(), &events, nullptr);
  app.post(member, kLong);
  const auto client = open("permessage-deflate", true);
  CHECK(app.fanout().transfer(app.host(), member, app.id) == SBX_OK);
  house.run();
  CHECK(client->receive().substr(4) == kLong);
}

TEST_CASE("a slow client that reads on finds whole messages, and a gap where some are missing") {
  House house;
  Script &app = house.script();
  app.outbox.bytes_max = 50'000;
  app.outbox.policy = SBX_OUTBOX_DROP_OLDEST;
  app.on_request = [&](sbx_id id) {
    app.accept(id);
    app.join(id, "all");
  };
  house.start();
  const auto client = house.connect();
  client->ask(upgrade("/app"));
  constexpr int kSent = 200;
  for (int i = 0; i < kSent; ++i) {
    const std::string message = std::to_string(i) + std::string(10'000, 'm');
    const sbx_str part{message.data(), message.size()};
    const sbx_frame frame{sizeof frame, 0, &part, nullptr, 1, {}, {"gap", 3}};
    app.fanout().publish(app.host(), {"all", 3}, &frame, 0);
    house.turn(0);
  }
  std::string got;
  for (std::string more = "?"; !more.empty(); got += more) {
    more = client->receive();
    house.run();
  }
  int next = 0, gaps = 0;
  bool gap = false;
  for (size_t at = 0; at < got.size();) {
    if (got.compare(at, 5, server_frame(1, "gap")) == 0) {
      ++gaps;
      gap = true;
      at += 5;
      continue;
    }
    REQUIRE(got.compare(at, 2, "\x81\x7e") == 0);
    const int number = std::stoi(got.substr(at + 4, 5));
    CHECK((gap ? number > next : number == next));
    gap = false;
    next = number + 1;
    at += 4 + 10'000 + std::to_string(number).size();
  }
  CHECK(next == kSent);
  CHECK(gaps == 1);
}

}  // namespace signalbox::testing
