// Requests and answers: framing, keep-alive, pipelining, bodies, streaming, ids.
#include <doctest/doctest.h>

#include "core/base/limits.hpp"
#include "tests/connection/house.hpp"

namespace signalbox::testing {
namespace {

// The house with one script that answers at once with the path's number in the order of requests.
struct Fixture {
  House house;
  Script &app = house.script();
  int answered = 0;
  void answer_at_once() {
    app.on_request = [this](sbx_id id) { app.respond(id, "answer " + std::to_string(++answered)); };
    house.start();
  }
};

size_t count(std::string_view in, std::string_view what) {
  size_t n = 0;
  for (size_t at = in.find(what); at != in.npos; at = in.find(what, at + 1)) ++n;
  return n;
}

std::string body_of(const std::string &response) { return response.substr(response.find("\r\n\r\n") + 4); }

}  // namespace

TEST_CASE_FIXTURE(Fixture, "requests sent ahead are answered in order on one connection, which stays") {
  answer_at_once();
  const auto client = house.connect();
  const std::string got = client->ask(get("/app/1") + get("/app/2") + get("/app/3"));
  CHECK(count(got, "HTTP/1.1 200 OK\r\n") == 3);
  CHECK(count(got, "Connection: keep-alive\r\n") == 3);
  CHECK(got.find("answer 1") < got.find("answer 2"));
  CHECK(got.find("answer 2") < got.find("answer 3"));
  CHECK(body_of(client->ask(get("/app"))) == "answer 4");
  CHECK(!client->ended());
  CHECK(app.told[0] == "request GET /app/1");
}

TEST_CASE_FIXTURE(Fixture, "Connection: close and HTTP/1.0 end the connection after the answer") {
  answer_at_once();
  auto client = house.connect();
  CHECK(client->ask(get("/app", "Connection: close\r\n")).find("Connection: close\r\n") != std::string::npos);
  CHECK(client->ended());
  client = house.connect();
  CHECK(body_of(client->ask("GET /app HTTP/1.0\r\n\r\n")) == "answer 2");
  CHECK(client->ended());
  client = house.connect();
  CHECK(body_of(client->ask("GET /app HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")) == "answer 3");
  CHECK(!client->ended());
}

TEST_CASE_FIXTURE(Fixture, "HEAD, 204 and 304 have no body whatever the plugin gives") {
  uint32_t status = 200;
  bool more = false;
  app.on_request = [&](sbx_id id) {
    app.respond(id, "12345", more, status);
    if (more) app.write(id, "67890", false);
  };
  house.start();
  const auto client = house.connect();
  std::string got = client->ask("HEAD /app HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(got.find("Content-Length: 5\r\n") != std::string::npos);
  CHECK(body_of(got) == "");
  for (const uint32_t bodyless : {204u, 304u})
    for (const bool streaming : {false, true}) {
      status = bodyless;
      more = streaming;
      got = client->ask(get("/app"));
      CHECK(got.starts_with("HTTP/1.1 " + std::to_string(bodyless)));
      CHECK(body_of(got) == "");
    }
  status = 200;
  got = client->ask("HEAD /app HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(got.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
  CHECK(body_of(got) == "");
  CHECK(body_of(client->ask(get("/app"))) == "5\r\n12345\r\n5\r\n67890\r\n0\r\n\r\n");
}

TEST_CASE_FIXTURE(Fixture, "a client that waits for 100 Continue gets it, then its answer") {
  house.start();
  const auto client = house.connect();
  const std::string head = "POST /app HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
  CHECK(client->ask(head) == "HTTP/1.1 100 Continue\r\n\r\n");
  client->send("abc");
  house.run();
  CHECK(app.told == std::vector<std::string>{"request POST /app", "body abc", "body end"});
  CHECK(app.respond(app.id, "fine") == SBX_OK);
  house.run();
  CHECK(body_of(client->receive()) == "fine");
  app.on_request = [&](sbx_id id) { app.respond(id, "no", false, 403); };
  CHECK(client->ask(head).starts_with("HTTP/1.1 403 Forbidden\r\n"));  // no 100 before it
  CHECK(client->ended());
  // Nor before the answer to a body that is too long.
  app.on_request = nullptr;
  const auto greedy = house.connect();
  const std::string much =
      "POST /app HTTP/1.1\r\nHost: x\r\nContent-Length: 1099511627776\r\nExpect: 100-continue\r\n\r\n";
  CHECK(greedy->ask(much).starts_with("HTTP/1.1 413 "));
}

TEST_CASE_FIXTURE(Fixture, "a chunked body arrives in pieces and ends once") {
  house.start();
  const auto client = house.connect();
  client->ask("POST /app HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab");
  client->ask("c\r\n2\r\nde\r\n");
  client->ask("0\r\n\r\n");
  CHECK(app.told == std::vector<std::string>{"request POST /app", "body ab", "body c", "body de", "body end"});
  app.respond(app.id, "");
  house.run();
  CHECK(client->receive().find("Connection: keep-alive\r\n") != std::string::npos);
}

TEST_CASE("a mount's smaller body limit does not outlive its exchange") {
  House house(1);
  Script &small = house.script();
  small.body_max = 4;
  small.path = "/small";
  house.start();
  Script large;  // a second plugin beside it
  large.path = "/large";
  net::Mount mount;
  mount.path = "/large";
  mount.user = &large;
  mount.on.on_request = [](void *self, sbx_id id, const sbx_request *) noexcept {
    static_cast<Script *>(self)->id = id;
  };
  mount.on.on_body = [](void *self, sbx_id, sbx_str chunk, int32_t) noexcept {
    static_cast<Script *>(self)->told.emplace_back(chunk.ptr, chunk.len);
  };
  REQUIRE(house.world.server.mounts.add(house.listener(), mount, "other", 0).ok());
  const auto client = house.connect();
  small.on_request = [&](sbx_id id) { CHECK(small.id == id); };
  client->ask("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcd");
  small.respond(small.id, "ok");
  house.run();
  client->receive();
  CHECK(client->ask("POST /large HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nabcdefgh") == "");
  CHECK(large.told == std::vector<std::string>{"abcdefgh", ""});
  house.lane(0).server.abort_all();
}

TEST_CASE_FIXTURE(Fixture, "an answer may come in a later turn, once") {
  house.start();
  const auto client = house.connect();
  CHECK(client->ask(get("/app") + get("/app/next")) == "");
  const sbx_id first = app.id;
  CHECK(app.told.size() == 1);  // the second waits for the first one's answer
  CHECK(app.respond(first, "part", true) == SBX_OK);
  CHECK(app.respond(first, "again") == SBX_ESTATE);
  CHECK(app.accept(first) == SBX_ESTATE);
  CHECK(app.write(first, "", false) == SBX_OK);
  for (const sbx_status stale : {app.respond(first, "x"), app.write(first, "x"), app.send(first, "x"),
                                 app.accept(first), app.join(first, "g"), app.post(first, "x")})
    CHECK(stale == SBX_ESTALE);
  app.close(first);
  house.run();
  CHECK(body_of(client->receive()) == "4\r\npart\r\n0\r\n\r\n");
  CHECK(app.told == std::vector<std::string>{"request GET /app", "close 0 0", "request GET /app/next"});
  CHECK(app.id != first);
  CHECK(app.respond(first, "x") == SBX_ESTALE);
  CHECK(app.respond(12345, "x") == SBX_ESTALE);
}

TEST_CASE_FIXTURE(Fixture, "a streaming response gets frames, and its plugin hears of the peer that went") {
  app.on_request = [&](sbx_id id) {
    CHECK(app.post(id, "too early") == SBX_ESTATE);
    app.respond(id, "", true);
    app.join(id, "all");
  };
  house.start();
  const auto client = house.connect();
  client->ask(get("/app"));
  CHECK(app.publish("all", "hello") == 1);
  house.run();
  CHECK(client->receive() == "5\r\nhello\r\n");
  client->hang_up();
  CHECK(app.write(app.id, "into the void") == SBX_OK);
  house.run();
  CHECK(app.told.back() == "close " + std::to_string(SBX_ECLOSED) + " 0");
  CHECK(app.write(app.id, "x") == SBX_ESTALE);
  CHECK(app.publish("all", "x") == 0);
  CHECK(house.listener().connections() == 0);
}

TEST_CASE_FIXTURE(Fixture, "a plugin that closes an exchange ends the connection behind what it wrote") {
  house.start();
  const auto client = house.connect();
  client->ask(get("/app"));
  app.respond(app.id, "some", true);
  app.close(app.id);
  house.run();
  CHECK(body_of(client->receive()) == "4\r\nsome\r\n");
  CHECK(client->ended());
  CHECK(app.told.back() == "close 0 0");
}

TEST_CASE_FIXTURE(Fixture, "answers that a client does not take are not heaped up") {
  const std::string big(400'000, 'x');
  app.on_request = [&](sbx_id id) { app.respond(id, big + std::to_string(++answered)); };
  app.outbox.bytes_max = 1000;
  house.start();
  const auto client = house.connect();
  for (int i = 0; i < 5; ++i) client->send(get("/app"));
  house.run();
  CHECK(answered == 1);
  std::string got;
  CHECK(house.wait([&] {
    got += client->receive();
    return got.ends_with("x5");
  }));
  CHECK(count(got, "HTTP/1.1 200 OK\r\n") == 5);
}

TEST_CASE_FIXTURE(Fixture, "a policy that drops never drops the framing of a response") {
  app.outbox = {sizeof(sbx_outbox), SBX_OUTBOX_DROP_OLDEST, 20};
  house.start();
  const auto client = house.connect();
  client->ask(get("/app/1") + get("/app/2"));
  app.respond(app.id, std::string(100, 'a'));
  house.run();
  app.respond(app.id, "", true);
  for (int i = 0; i < 10; ++i) app.post(app.id, std::string(10, static_cast<char>('0' + i)));
  app.write(app.id, "", false);
  house.run();
  const std::string got = client->receive();
  CHECK(count(got, "HTTP/1.1 200 OK\r\n") == 2);
  CHECK(got.find(std::string(100, 'a')) != std::string::npos);
  CHECK(got.ends_with("\r\n\r\na\r\n9999999999\r\n0\r\n\r\n"));
}

TEST_CASE_FIXTURE(Fixture, "a reader that is too slow is cut off, and its plugin is told why") {
  app.outbox.bytes_max = 10'000;
  house.start();
  const auto client = house.connect();
  client->ask(get("/app"));
  app.respond(app.id, "", true);
  sbx_status last = SBX_OK;
  for (int i = 0; i < 2000 && last >= 0; ++i) {
    last = app.write(app.id, std::string(1000, 'x'));
    if (last >= 0) house.turn(0);  // what the host does about it is still to come
  }
  CHECK(last == SBX_ESLOW);
  SUBCASE("by itself") {}
  SUBCASE("also when the plugin gives up first") { app.close(app.id); }
  house.run();
  CHECK(app.told.back().starts_with("close "));
  CHECK(app.write(app.id, "x") == SBX_ESTALE);
  CHECK(house.listener().connections() == 0);
}

TEST_CASE_FIXTURE(Fixture, "a frame that filled the outbox by half is answered FULL, and on_drain follows") {
  app.outbox.bytes_max = 1'000'000;
  house.start();
  const auto client = house.connect();
  client->ask(get("/app"));
  app.respond(app.id, "", true);
  CHECK(app.post(app.id, std::string(600'000, 'x')) == SBX_FULL);
  CHECK(house.wait([&] {
    client->receive();
    return app.told.back() == "drain";
  }));
}

TEST_CASE_FIXTURE(Fixture, "a client that ends its side behind the request still gets the answer") {
  answer_at_once();
  const auto client = house.connect();
  house.run();
  client->send(get("/app"));
  client->end();
  house.run();
  CHECK(body_of(client->receive()) == "answer 1");
  CHECK(client->ended());
  CHECK(house.listener().connections() == 0);
}

TEST_CASE_FIXTURE(Fixture, "malformed requests, also behind good ones, are answered and end the connection") {
  answer_at_once();
  auto client = house.connect();
  CHECK(client->ask("GET /app HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400 "));
  CHECK(client->ended());
  client = house.connect();
  const std::string got = client->ask(get("/app") + "nonsense\r\n\r\n" + get("/app"));
  CHECK(body_of(got).starts_with("answer 1HTTP/1.1 400 "));
  CHECK(count(got, "HTTP/1.1") == 2);
  CHECK(client->ended());
  client = house.connect();
  CHECK(client->ask(get("/elsewhere")).starts_with("HTTP/1.1 404 "));
  CHECK(!client->ended());
  client->hang_up();
  house.run();
  CHECK(house.listener().connections() == 0);
}

TEST_CASE_FIXTURE(Fixture,
                  "at the end idle connections go at once, busy ones with their answer, new ones are turned away") {
  house.start();
  const auto idle = house.connect(), busy = house.connect(), unread = house.connect();
  house.run();
  busy->ask(get("/app"));
  const sbx_id waiting = app.id;
  unread->ask(get("/app"));
  app.respond(app.id, std::string(500'000, 'x'));
  house.run();
  house.turn(0, [&] { house.lane(0).server.drain(); });
  CHECK(idle->ended());
  const auto late = house.connect();
  house.run();
  CHECK(late->ended());
  app.respond(waiting, "bye");
  house.run();
  CHECK(busy->receive().ends_with("bye"));
  CHECK(busy->ended());
  size_t got = 0;
  CHECK(house.wait([&] { return (got += unread->receive().size()) > 500'000; }));
  CHECK(unread->ended());
  for (const auto &client : {&busy, &unread}) (*client)->hang_up();
  house.run();
  CHECK(house.listener().connections() == 0);
}

}  // namespace signalbox::testing
