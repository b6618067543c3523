// How a connection that is gone is found out: pings, and what a peer does not acknowledge.
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "tests/connection/house.hpp"

namespace signalbox::testing {
namespace {

constexpr int64_t kMs = 1'000'000;

struct Fixture {
  House house;
  Script &app = house.script();
  std::unique_ptr<Client> client;

  void open(int64_t ping_ms, int64_t pong_ms) {
    app.accept_options.ping_ns = ping_ms * kMs;
    app.accept_options.pong_ns = pong_ms * kMs;
    app.on_request = [this](sbx_id id) { CHECK(app.accept(id) == SBX_OK); };
    house.start();
    client = house.connect();
    CHECK(client->ask(upgrade("/app")).starts_with("HTTP/1.1 101 "));
    app.told.clear();
  }
};

const std::string kPing("\x89\x00", 2);

int unacked_ms(int fd) {
  int ms = -1;
  socklen_t size = sizeof ms;
  REQUIRE(::getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, &size) == 0);
  return ms;
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a silent websocket is pinged, and closed when it stays silent") {
  open(100, 200);
  std::string got;
  CHECK(house.wait([&] {
    got += client->receive();
    return !app.told.empty();
  }));
  CHECK(got + client->receive() == kPing);
  CHECK(app.told == std::vector<std::string>{"close " + std::to_string(SBX_ETIMEOUT) + " 1006"});
  CHECK(client->ended());
  house.run();
  CHECK(house.listener().connections() == 0);
}

TEST_CASE_FIXTURE(Fixture, "one that answers stays, and is pinged again") {
  open(100, 100);
  int pings = 0;
  CHECK(house.wait([&] {
    if (client->receive() == kPing) {
      ++pings;
      client->send(ws_frame(10, ""));
    }
    return pings == 4;
  }));
  CHECK(app.told.empty());
}

TEST_CASE_FIXTURE(Fixture, "half a frame is a sign of life, too, and who talks is not pinged") {
  open(300, 100);
  const std::string message = ws_text(std::string(60, 'x'));
  size_t sent = 0;
  std::string got;
  const int64_t begin = house.lane(0).lane.now_ns();
  CHECK(house.wait([&] {
    if (house.lane(0).lane.now_ns() - begin > static_cast<int64_t>(sent) * 20 * kMs)
      client->send(message.substr(sent++, 1));
    got += client->receive();
    return sent == message.size();
  }));
  house.run();
  CHECK(house.lane(0).lane.now_ns() - begin > 800 * kMs);
  CHECK(got == "");
  CHECK(app.told == std::vector<std::string>{"message " + std::string(60, 'x')});
}

TEST_CASE_FIXTURE(Fixture, "one that reads slowly is alive: the ping stands far behind what it still has to read") {
  app.outbox.bytes_max = 64 << 20;
  open(100, 100);
  const std::string message(100'000, 'x');
  constexpr size_t kMessages = 50;
  for (size_t i = 0; i < kMessages; ++i) app.send(app.id, message);
  const int64_t begin = house.lane(0).lane.now_ns();
  size_t got = 0;
  CHECK(house.wait([&] {
    // About three megabytes per second.
    const int64_t ms = (house.lane(0).lane.now_ns() - begin) / kMs;
    if (static_cast<int64_t>(got / 3000) < ms && app.told.empty()) got += client->receive().size();
    return got >= kMessages * message.size() || !app.told.empty();
  }));
  CHECK(house.lane(0).lane.now_ns() - begin > 1000 * kMs);
  CHECK(app.told.empty());
  // ... and when it stops, it is not.
  CHECK(house.wait([&] { return !app.told.empty(); }));
  CHECK(app.told == std::vector<std::string>{"close " + std::to_string(SBX_ETIMEOUT) + " 1006"});
}

TEST_CASE_FIXTURE(Fixture, "without ping_ns nobody is pinged, and one that is closing is not either") {
  open(0, 0);
  const auto second = house.connect();
  app.accept_options.ping_ns = 100 * kMs;
  CHECK(second->ask(upgrade("/app")).starts_with("HTTP/1.1 101 "));
  app.close(app.id, 1000);
  const int64_t begin = house.lane(0).lane.now_ns();
  CHECK(house.wait([&] { return house.lane(0).lane.now_ns() - begin > 500 * kMs; }));
  CHECK(client->receive() == "");
  CHECK(second->receive() == server_close(1000));
}

TEST_CASE_FIXTURE(Fixture, "what a mount says of unacknowledged bytes holds for its websockets") {
  app.unacked_ns = 7'000 * kMs;
  app.on_request = [this](sbx_id id) { CHECK(app.accept(id) == SBX_OK); };
  house.start();
  int server_fd = -1;
  client = house.connect_tcp(server_fd);
  house.run();
  CHECK(unacked_ms(server_fd) == 0);
  CHECK(client->ask(upgrade("/app")).starts_with("HTTP/1.1 101 "));
  CHECK(unacked_ms(server_fd) == 7000);
}

TEST_CASE_FIXTURE(Fixture, "... and for its streaming responses as long as they last, but not for a plain answer") {
  app.unacked_ns = 1;
  house.start();
  int server_fd = -1;
  client = house.connect_tcp(server_fd);
  client->ask(get("/app"));
  app.respond(app.id, "whole");
  house.run();
  CHECK(unacked_ms(server_fd) == 0);
  client->ask(get("/app"));
  app.respond(app.id, "part", true);
  house.run();
  CHECK(unacked_ms(server_fd) == 1);
  app.write(app.id, "end", false);
  house.run();
  CHECK(unacked_ms(server_fd) == 0);
}

TEST_CASE_FIXTURE(Fixture, "... and the kernel is not asked where pings tell as soon") {
  app.unacked_ns = 7'000 * kMs;
  app.on_request = [this](sbx_id id) { CHECK(app.accept(id) == SBX_OK); };
  house.start();
  for (const auto &[pong_ms, wanted_ms] : {std::pair{2'000, 0}, {2'001, 7'000}}) {
    app.accept_options.ping_ns = 5'000 * kMs;
    app.accept_options.pong_ns = pong_ms * kMs;
    int server_fd = -1;
    const auto one = house.connect_tcp(server_fd);
    CHECK(one->ask(upgrade("/app")).starts_with("HTTP/1.1 101 "));
    CHECK(unacked_ms(server_fd) == wanted_ms);
  }
}

TEST_CASE_FIXTURE(Fixture, "a client that acknowledges nothing is told from one that went away") {
  app.unacked_ns = 200 * kMs;
  app.outbox.bytes_max = 64 << 20;
  app.on_request = [this](sbx_id id) { CHECK(app.accept(id) == SBX_OK); };
  house.start();
  int server_fd = -1;
  client = house.connect_tcp(server_fd);
  CHECK(client->ask(upgrade("/app")).starts_with("HTTP/1.1 101 "));
  app.told.clear();
  // A client that never reads: its window closes, and nothing more is acknowledged.
  for (int i = 0; i < 200; ++i) app.send(app.id, std::string(100'000, 'x'));
  CHECK(house.wait([&] { return !app.told.empty(); }));
  CHECK(app.told.back() == "close " + std::to_string(SBX_ETIMEOUT) + " 1006");
}

}  // namespace signalbox::testing
