// The same over TLS, where records and the socket's readiness are two things.
#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <csignal>

#include "tests/connection/house.hpp"
#include "tests/io_tls/certificates.hpp"

namespace signalbox::testing {
namespace {

struct Session {
  House &house;
  std::unique_ptr<Client> client;
  SSL_CTX *context = SSL_CTX_new(TLS_client_method());
  SSL *ssl = SSL_new(context);

  explicit Session(House &h) : house(h), client(h.connect()) {
    SSL_set_fd(ssl, client->fd());
    SSL_set_connect_state(ssl);
    for (int i = 0; i < 10 && SSL_do_handshake(ssl) != 1; ++i) house.run();
    REQUIRE(SSL_is_init_finished(ssl));
  }
  ~Session() {
    SSL_free(ssl);
    SSL_CTX_free(context);
  }
  void send(std::string_view bytes) { REQUIRE(SSL_write(ssl, bytes.data(), static_cast<int>(bytes.size())) > 0); }
  std::string receive() {
    std::string all;
    char buffer[16384];
    for (int got; (got = SSL_read(ssl, buffer, sizeof buffer)) > 0;) all.append(buffer, static_cast<size_t>(got));
    return all;
  }
};

struct Fixture {
  io::testing::Folder folder;
  std::unique_ptr<House> made;
  House &house;
  Script &app;
  Fixture() : made(make()), house(*made), app(house.script()) {
    std::signal(SIGPIPE, SIG_IGN);
    app.on_message = [this](sbx_id id, std::string_view text) { app.send(id, text); };
    house.start();
  }
  std::unique_ptr<House> make() {
    const io::testing::Key key = io::testing::make_key();
    net::ListenerOptions options = House::default_options();
    options.certificate = folder.write("cert.pem", io::testing::make_certificate({}, key));
    options.key = folder.write("key.pem", key);
    return std::make_unique<House>(1, options);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "TLS: messages that wait while the plugin accepts come in their order") {
  Session session(house);
  session.send(upgrade("/app"));
  house.run();
  session.send(ws_text("one"));
  session.send(ws_text("two"));
  house.turn(0, [&] { CHECK(app.accept(app.id) == SBX_OK); });
  house.run();
  CHECK(session.receive().ends_with("\r\n\r\n" + server_frame(1, "one") + server_frame(1, "two")));
}

TEST_CASE_FIXTURE(Fixture, "TLS: a large answer and a large body pass, and the connection stays") {
  const std::string big(300'000, 'b');
  Session session(house);
  session.send(get("/app"));
  house.run();
  app.respond(app.id, big);
  std::string got;
  CHECK(house.wait([&] { return (got += session.receive()).size() > big.size(); }));
  app.told.clear();
  session.send("POST /app HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
  for (int i = 0; i < 10; ++i) {
    session.send(std::string(10'000, 'u'));
    house.run();
  }
  CHECK(app.told.back() == "body end");
}

TEST_CASE_FIXTURE(Fixture, "TLS: a key update while the answer does not fit the socket leaves the connection reading") {
  Session session(house);
  session.send(get("/app"));
  house.run();
  app.respond(app.id, "", true);
  app.write(app.id, std::string(900'000, 'b'));
  house.run();
  REQUIRE(SSL_key_update(session.ssl, SSL_KEY_UPDATE_REQUESTED) == 1);
  session.send(" ");  // the update goes before it; the server must answer it with its own
  house.run();
  std::string got;
  house.wait([&] { return (got += session.receive()).size() >= 900'000; });
  session.client->hang_up();
  house.run();
  // However OpenSSL takes the update in the middle of a record: the end of the client is noticed.
  CHECK(app.told.back().starts_with("close "));
}

}  // namespace signalbox::testing
