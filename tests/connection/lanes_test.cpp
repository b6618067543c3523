// Connections that go from one lane to another, and lanes on threads of their own.
#include <doctest/doctest.h>
#include <poll.h>

#include <atomic>

#include "core/event/event.hpp"
#include "tests/connection/house.hpp"

namespace signalbox::testing {
namespace {

// Reads until so many bytes are there.  For lanes that run by themselves.
std::string await(Client &client, std::string_view ending) {
  std::string got;
  for (int i = 0; i < 200 && !got.ends_with(ending); ++i) {
    pollfd ready{client.fd(), POLLIN, 0};
    ::poll(&ready, 1, 50);
    got += client.receive();
  }
  return got;
}

int32_t lane_named(const sbx_request &request) {
  const std::string_view query = text(request.query);
  return query.empty() ? -1 : query[0] - '0';
}

}  // namespace

TEST_CASE("a mount on one lane only is found from every lane, with the body that was sent behind the head") {
  House house(2);
  Script &app = house.script(1);
  house.start(1);
  const auto client = house.connect(0);
  client->ask("POST /app HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc");
  client->ask("def");
  CHECK(app.told == std::vector<std::string>{"request POST /app", "body abc", "body def", "body end"});
  CHECK(house.lane(0).server.connections() == 0);
  CHECK(house.lane(1).server.connections() == 1);
  app.respond(app.id, "there");
  house.run();
  CHECK(client->receive().ends_with("\r\n\r\nthere"));
  client->hang_up();
  house.run();
  CHECK(house.listener().connections() == 0);
}

TEST_CASE("lane_of sends each request of a connection to its lane, in order, however fast they come") {
  House house(2);
  for (unsigned lane : {0u, 1u}) {
    Script &app = house.script(lane);
    app.lane_of = lane_named;
    app.on_request = [&app, lane](sbx_id id) { app.respond(id, "lane " + std::to_string(lane)); };
    house.start(lane);
  }
  const auto client = house.connect(0);
  std::string got = client->ask(get("/app?1") + get("/app?0") + get("/app") + get("/app?1"));
  for (const char *expected : {"lane 1", "lane 0", "lane 0", "lane 1"}) {
    const size_t at = got.find(expected);
    CHECK(at != std::string::npos);
    got.erase(0, at + 1);
  }
  CHECK(house.script(0).told.size() == 4);  // two requests, two ends
  CHECK(house.script(1).told.size() == 4);
}

TEST_CASE("a connection whose last answer is not read yet can be handed over") {
  House house(2);
  const std::string big(500'000, 'x');
  for (unsigned lane : {0u, 1u}) {
    Script &app = house.script(lane);
    app.lane_of = lane_named;
    app.on_request = [&app, &big](sbx_id id) { app.respond(id, big); };
    house.start(lane);
  }
  const auto client = house.connect(0);
  size_t got = client->ask(get("/app?0")).size();
  CHECK(got < big.size());
  client->send(get("/app?1"));
  CHECK(house.wait([&] { return (got += client->receive().size()) > 2 * big.size(); }));
}

TEST_CASE("a websocket is opened on the lane it belongs to, with what was sent behind its request") {
  House house(2);
  for (unsigned lane : {0u, 1u}) {
    Script &app = house.script(lane);
    app.lane_of = lane_named;
    app.on_request = [&app](sbx_id id) { app.accept(id); };
    app.on_message = [&app](sbx_id id, std::string_view message) { app.send(id, message); };
    house.start(lane);
  }
  const auto client = house.connect(0);
  CHECK(client->ask(upgrade("/app?1") + ws_text("early")).ends_with("\r\n\r\n" + server_frame(1, "early")));
  CHECK(client->ask(ws_text("later")) == server_frame(1, "later"));
  CHECK(house.script(0).told.empty());
}

TEST_CASE("a connection that is handed to a lane that ends is told so") {
  House house(2);
  house.start(1);
  const auto client = house.connect(0);
  house.turn(1, [&] { house.lane(1).server.drain(); });
  CHECK(client->ask(get("/app")).starts_with("HTTP/1.1 503 "));
  CHECK(client->ended());
  CHECK(house.script(1).told.empty());
}

TEST_CASE("lanes on threads hand connections to each other and back") {
  House house(2);
  for (unsigned lane : {0u, 1u}) {
    Script &app = house.script(lane);
    app.lane_of = lane_named;
    app.on_request = [&app](sbx_id id) { app.respond(id, "done"); };
    house.start(lane);
  }
  std::vector<std::unique_ptr<Client>> clients;
  for (unsigned i = 0; i < 8; ++i) clients.push_back(house.connect(i % 2));
  house.start_threads();
  for (int round = 0; round < 20; ++round) {
    for (size_t i = 0; i < clients.size(); ++i)
      clients[i]->send(get("/app?" + std::to_string((static_cast<size_t>(round) + i) % 2)));
    for (auto &client : clients) CHECK(await(*client, "done").ends_with("\r\n\r\ndone"));
  }
  house.stop_threads();
  CHECK(house.listener().connections() == 8);
}

TEST_CASE("connections are counted by address, and out again on every way they end") {
  net::ListenerOptions options = House::default_options();
  options.limits.connections = 3;
  options.limits.per_ip = 2;
  House house(1, options);
  house.start();
  io::PeerAddress peer, other;  // 0.0.0.7 and 0.0.0.8, as IPv4 comes
  for (io::PeerAddress *p : {&peer, &other}) p->bytes[10] = p->bytes[11] = 0xff;
  peer.bytes[15] = 7;
  other.bytes[15] = 8;
  auto a = house.connect(0, peer), b = house.connect(0, peer);
  CHECK(house.listener().admit(peer) == net::Listener::Admission::too_many_of_address);
  auto c = house.connect(0, other);
  CHECK(house.listener().admit(other) == net::Listener::Admission::too_many);
  house.run();
  a->hang_up();
  b->ask("nonsense\r\n\r\n");
  b->hang_up();
  c->hang_up();
  house.run();
  CHECK(house.listener().connections() == 0);
  a = house.connect(0, peer), b = house.connect(0, peer);
  house.run();
}

TEST_CASE("an IPv6 client is counted by its /64, in which every address is its own") {
  net::ListenerOptions options = House::default_options();
  options.limits.per_ip = 1;
  House house(1, options);
  io::PeerAddress first, neighbour, stranger;
  for (io::PeerAddress *p : {&first, &neighbour, &stranger}) p->bytes[0] = 0x20;
  neighbour.bytes[8] = neighbour.bytes[15] = 9;
  stranger.bytes[7] = 1;
  using Admission = net::Listener::Admission;
  CHECK(house.listener().admit(first) == Admission::admitted);
  CHECK(house.listener().admit(neighbour) == Admission::too_many_of_address);
  CHECK(house.listener().admit(stranger) == Admission::admitted);
  house.listener().leave(first);
  CHECK(house.listener().admit(neighbour) == Admission::admitted);
  house.listener().leave(neighbour);
  house.listener().leave(stranger);
}

TEST_CASE("what is deferred before a lane runs is done as soon as it runs") {
  io::Lane lane(0);
  bool late = false;
  lane.defer([&] { lane.stop(); });
  lane.timer(2'000'000'000, 0, [&](io::TimerId) {
    late = true;
    lane.stop();
  });
  lane.run();
  CHECK(!late);
}

}  // namespace signalbox::testing
