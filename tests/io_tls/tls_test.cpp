#include "core/io/tls.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "tests/io_tls/certificates.hpp"

using namespace signalbox;
using namespace signalbox::io;
using namespace signalbox::io::testing;

namespace {

// One authority, and a server's certificate from it.
struct World {
  explicit World(const CertificatePlan &plan = {"server", "DNS:shop.example,DNS:*.wild.example,IP:127.0.0.1,IP:::1"}) {
    authority = make_certificate({"authority", "", -3600, 3600, true}, authority_key);
    folder.write("ca.pem", authority);
    write_server(plan);
  }
  void write_server(const CertificatePlan &plan) {
    const Key key = make_key();
    folder.write("key.pem", key);
    folder.write("cert.pem", make_certificate(plan, key, authority, authority_key));
  }
  TlsServerOptions server_options() const { return {folder.path("cert.pem"), folder.path("key.pem")}; }
  TlsServerContext server() const {
    auto context = TlsServerContext::load(server_options());
    REQUIRE_MESSAGE(context.ok(), (context.ok() ? "" : context.message()));
    return context.take();
  }
  TlsClientOptions client_options() const {
    TlsClientOptions options;
    options.ca_file = folder.path("ca.pem");
    return options;
  }

  Folder folder;
  Key authority_key = make_key();
  Certificate authority;
};

struct Meeting {
  bool ok = false;
  std::string verdict;  // of the client about the certificate
  std::string protocol, sni, shown;
};

std::string serial_of(X509 *certificate) {
  return certificate == nullptr ? "" : std::to_string(ASN1_INTEGER_get(X509_get0_serialNumber(certificate)));
}

// A handshake over a socket pair, both sides in turn, and a word each way.
Meeting meet(TlsServerContext &server, TlsClientContext &client, const std::string &name) {
  Meeting out;
  int fds[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
  auto accepted = server.new_session(fds[0]);
  auto connected = client.new_session(fds[1], name);
  REQUIRE(accepted.ok());
  REQUIRE(connected.ok());
  SSL *const s = *accepted, *const c = *connected;
  bool client_done = false, server_done = false, failed = false;
  for (int turn = 0; turn < 20 && !failed && !(client_done && server_done); ++turn) {
    for (SSL *const side : {c, s}) {
      const int result = SSL_do_handshake(side);
      const int error = SSL_get_error(side, result);
      if (result == 1) (side == c ? client_done : server_done) = true;
      failed |= result != 1 && error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE;
      ERR_clear_error();
    }
  }
  char word[4] = {};
  out.ok = client_done && server_done && !failed && SSL_write(c, "ping", 4) == 4 && SSL_read(s, word, 4) == 4 &&
           SSL_write(s, "pong", 4) == 4 && SSL_read(c, word, 4) == 4 && std::string(word, 4) == "pong";
  out.verdict = X509_verify_cert_error_string(SSL_get_verify_result(c));
  const unsigned char *alpn = nullptr;
  unsigned alpn_size = 0;
  SSL_get0_alpn_selected(c, &alpn, &alpn_size);
  if (alpn_size != 0) out.protocol.assign(reinterpret_cast<const char *>(alpn), alpn_size);
  if (const char *sni = SSL_get_servername(s, TLSEXT_NAMETYPE_host_name)) out.sni = sni;
  out.shown = serial_of(SSL_get0_peer_certificate(c));
  SSL_free(s);
  SSL_free(c);
  ::close(fds[0]);
  ::close(fds[1]);
  return out;
}

Meeting meet(const World &world, const std::string &name) {
  auto server = world.server();
  auto client = TlsClientContext::load(world.client_options());
  REQUIRE(client.ok());
  return meet(server, *client, name);
}

bool says(const std::string &message, const std::string &word) {
  CAPTURE(message);
  CHECK(message.find("error:") == std::string::npos);
  return message.find(word) != std::string::npos;
}

std::string load_error(const TlsServerOptions &options) {
  auto context = TlsServerContext::load(options);
  return context.ok() ? "loaded" : context.message();
}

}  // namespace

TEST_CASE("a client meets the server that the certificate names") {
  const World world;
  for (const char *name :
       {"shop.example", "SHOP.example", "shop.example.", "a.wild.example", "127.0.0.1", "::1", "[::1]"}) {
    CAPTURE(std::string(name));
    const Meeting meeting = meet(world, name);
    CHECK(meeting.ok);
    CHECK(meeting.verdict == "ok");
  }
  CHECK(meet(world, "shop.example").sni == "shop.example");
  CHECK(meet(world, "127.0.0.1").sni.empty());
}

TEST_CASE("a certificate of another name, issuer or time is refused") {
  const World world;
  CHECK(meet(world, "evil.example").verdict == "hostname mismatch");
  CHECK(meet(world, "a.b.wild.example").verdict == "hostname mismatch");
  CHECK(meet(world, "127.0.0.2").verdict == "IP address mismatch");
  CHECK_FALSE(meet(world, "evil.example").ok);
  CHECK(meet(World({"server", "DNS:shop.example", -7200, -3600}), "shop.example").verdict == "certificate has expired");

  World other;
  auto server = world.server();
  auto client = TlsClientContext::load(other.client_options());
  REQUIRE(client.ok());
  CHECK_FALSE(meet(server, *client, "shop.example").ok);
}

TEST_CASE("an insecure client takes anything, and only that one does without a name") {
  const World world({"server", "", -7200, -3600});
  TlsClientOptions options;
  options.insecure = true;
  auto server = world.server();
  auto client = TlsClientContext::load(options);
  REQUIRE(client.ok());
  CHECK(meet(server, *client, "whatever.example").ok);
  CHECK(meet(server, *client, "").ok);
  auto careful = TlsClientContext::load(world.client_options());
  REQUIRE(careful.ok());
  CHECK_FALSE(careful->new_session(0, "").ok());
}

TEST_CASE("the server speaks http/1.1, and goes on with clients that offer something else") {
  const World world;
  auto server = world.server();
  TlsClientOptions options = world.client_options();
  options.alpn = "http/1.1";
  auto client = TlsClientContext::load(options);
  REQUIRE(client.ok());
  CHECK(meet(server, *client, "shop.example").protocol == "http/1.1");
  options.alpn = "h2";
  client = TlsClientContext::load(options);
  REQUIRE(client.ok());
  const Meeting meeting = meet(server, *client, "shop.example");
  CHECK(meeting.ok);
  CHECK(meeting.protocol.empty());
}

TEST_CASE("files that are unfit are named with the reason") {
  const World world;
  const Folder &folder = world.folder;
  const TlsServerOptions good = world.server_options();
  CHECK(says(load_error({folder.path("none.pem"), good.key_file}), "none.pem: No such file"));
  CHECK(says(load_error({good.certificate_file, folder.path("none.key")}), "none.key: No such file"));
  CHECK(says(load_error({folder.write("text.pem", "hello"), good.key_file}),
             "text.pem has no readable certificate in PEM form"));
  CHECK(says(load_error({good.certificate_file, folder.write("empty.pem", "")}),
             "empty.pem has no readable key in PEM form"));
  CHECK(says(load_error({good.key_file, good.key_file}), "key.pem has no readable certificate in PEM form"));
  CHECK(says(load_error({good.certificate_file, folder.write("other.pem", make_key())}),
             "other.pem does not belong to the certificate in"));
  CHECK(says(load_error({good.certificate_file, folder.write("locked.pem", make_key(), "secret")}),
             "locked.pem is encrypted; store it without a passphrase"));
  CHECK(says(load_error({folder.path("."), good.key_file}), "is a directory"));
  TlsClientOptions client;
  client.ca_file = folder.path("no-ca.pem");
  CHECK(says(TlsClientContext::load(client).message(), "no-ca.pem: No such file"));
  client.ca_file = folder.path("text.pem");
  CHECK(says(TlsClientContext::load(client).message(), "text.pem"));
  client = world.client_options();
  client.certificate_file = good.certificate_file;
  CHECK(says(TlsClientContext::load(client).message(), "both"));
}

TEST_CASE("certificates out of their time are loaded with a warning") {
  CHECK(World().server().warning().empty());
  CHECK(says(World({"server", "", -7200, -3600}).server().warning(), "cert.pem expired on"));
  CHECK(says(World({"server", "", 3600, 7200}).server().warning(), "cert.pem is not valid before"));
}

TEST_CASE("a changed certificate is taken for new sessions") {
  World world;
  auto server = world.server();
  auto client = TlsClientContext::load(world.client_options());
  REQUIRE(client.ok());
  const std::string before = meet(server, *client, "shop.example").shown;
  auto changed = server.reload_if_changed();
  REQUIRE(changed.ok());
  CHECK_FALSE(*changed);
  world.write_server({"server", "DNS:shop.example"});
  changed = server.reload_if_changed();
  REQUIRE(changed.ok());
  CHECK(*changed);
  const Meeting after = meet(server, *client, "shop.example");
  CHECK(after.ok);
  CHECK(after.shown != before);
}

TEST_CASE("a change for the worse is told once and the old certificate stays") {
  World world;
  auto server = world.server();
  auto client = TlsClientContext::load(world.client_options());
  REQUIRE(client.ok());
  const std::string before = meet(server, *client, "shop.example").shown;
  world.folder.write("key.pem", make_key());
  const auto changed = server.reload_if_changed();
  REQUIRE_FALSE(changed.ok());
  CHECK(says(changed.message(), "key.pem does not belong"));
  CHECK(says(changed.message(), "the old certificate stays in use"));
  CHECK(server.reload_if_changed().ok());
  CHECK(meet(server, *client, "shop.example").shown == before);
  std::filesystem::remove(world.folder.path("cert.pem"));
  CHECK_FALSE(server.reload_if_changed().ok());
  CHECK(meet(server, *client, "shop.example").ok);
  world.write_server({"server", "DNS:shop.example"});
  const auto mended = server.reload_if_changed();
  REQUIRE(mended.ok());
  CHECK(*mended);
}

TEST_CASE("a link that points to other files counts as a change") {
  World world;
  const Folder &folder = world.folder;
  std::filesystem::create_symlink("cert.pem", folder.path("live-cert"));
  std::filesystem::create_symlink("key.pem", folder.path("live-key"));
  auto server = TlsServerContext::load({folder.path("live-cert"), folder.path("live-key")});
  REQUIRE(server.ok());
  const Key key = make_key();
  folder.write("cert2.pem",
               make_certificate({"server", "DNS:shop.example"}, key, world.authority, world.authority_key));
  folder.write("key2.pem", key);
  for (const char *name : {"cert", "key"}) {
    std::filesystem::remove(folder.path("live-" + std::string(name)));
    std::filesystem::create_symlink(std::string(name) + "2.pem", folder.path("live-" + std::string(name)));
  }
  const auto changed = server->reload_if_changed();
  REQUIRE(changed.ok());
  CHECK(*changed);
}

TEST_CASE("a client shows its certificate when it has one") {
  const World world;
  TlsClientOptions options = world.client_options();
  options.certificate_file = world.folder.path("cert.pem");
  options.key_file = world.folder.path("key.pem");
  auto client = TlsClientContext::load(options);
  REQUIRE(client.ok());
  auto session = client->new_session(0, "shop.example");
  REQUIRE(session.ok());
  CHECK(SSL_get_certificate(*session) != nullptr);
  CHECK(SSL_get_privatekey(*session) != nullptr);
  SSL_free(*session);
}

TEST_CASE("sessions are for non-blocking sockets and TLS 1.2 at least") {
  const World world;
  auto server = world.server();
  auto session = server.new_session(0);
  REQUIRE(session.ok());
  const long wanted = SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS;
  CHECK((SSL_get_mode(*session) & wanted) == wanted);
  CHECK(SSL_get_min_proto_version(*session) == TLS1_2_VERSION);
  CHECK((SSL_get_options(*session) & SSL_OP_NO_RENEGOTIATION) != 0);
  SSL_free(*session);
}
