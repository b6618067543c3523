// sbx.http_client/1 as a plugin has it, against servers on real sockets.
#include <doctest/doctest.h>

#include <utility>

#include "tests/connection/fetcher.hpp"
#include "tests/io_tls/certificates.hpp"

namespace signalbox::testing {
namespace {

FarServer::Talk says(std::string bytes) {
  return [bytes = std::move(bytes)](FarPeer &peer) {
    peer.request();
    peer.say(bytes);
  };
}
FarServer::Talk silent() {
  return [](FarPeer &peer) { peer.wait_for_end(); };
}

}  // namespace

TEST_CASE_FIXTURE(Fetcher, "http client: a request goes out as it was given, and its answer comes back whole") {
  std::string seen;
  std::mutex mutex;
  FarServer server([&](FarPeer &peer) {
    std::lock_guard lock(mutex);
    seen = peer.request();
    peer.say("HTTP/1.1 201 Created\r\nContent-Type: a/b\r\nX-A: 1\r\nContent-Length: 4\r\n\r\n");
    peer.say("done");
  });
  const sbx_attr header{raw("Authorization"), raw("Bearer SECRET")};
  const Answer answer = fetch(url(server), [&](sbx_fetch &f) {
    f.method = raw("POST");
    f.headers = &header;
    f.header_count = 1;
    f.body = raw("a=b");
  });
  CHECK(answer.status == SBX_OK);
  CHECK(answer.http_status == 201);
  CHECK(answer.headers == "content-type=a/b;x-a=1;content-length=4;");
  CHECK(answer.body == "done");
  CHECK(answer.words.empty());
  std::lock_guard lock(mutex);
  CHECK(seen == "POST /a?b=SECRET HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                    "\r\nAuthorization: Bearer SECRET\r\nContent-Length: 3\r\nAccept-Encoding: identity\r\n"
                    "Connection: close\r\n\r\na=b");
}

TEST_CASE_FIXTURE(Fetcher, "http client: chunks, a body that ends with the connection, and HEAD") {
  FarServer chunked(says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
  CHECK(fetch(url(chunked)).body == "abcde");
  FarServer closing(says("HTTP/1.1 200 OK\r\n\r\nto the end"));
  CHECK(fetch(url(closing)).body == "to the end");
  FarServer head([](FarPeer &peer) {
    peer.request();
    peer.say("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n");
    peer.wait_for_end();
  });
  const Answer answer = fetch(url(head), [](sbx_fetch &f) { f.method = raw("HEAD"); });
  CHECK(answer.status == SBX_OK);
  CHECK(answer.headers == "content-length=99;");
}

TEST_CASE_FIXTURE(Fetcher, "http client: a redirect is an answer like any other") {
  FarServer server(says("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"));
  const Answer answer = fetch(url(server));
  CHECK(answer.status == SBX_OK);
  CHECK(answer.http_status == 302);
  CHECK(answer.headers == "location=/elsewhere;content-length=0;");
  CHECK(server.accepted() == 1);
}

TEST_CASE_FIXTURE(Fetcher, "http client: an answer that is larger than wanted, or cut short, is an error") {
  FarServer large(says("HTTP/1.1 200 OK\r\n\r\n" + std::string(70 << 10, 'x')));
  CHECK(fetch(url(large)).status == SBX_ETOOBIG);
  const Answer whole = fetch(url(large), [](sbx_fetch &f) { f.body_max = 70 << 10; });
  CHECK(whole.status == SBX_OK);
  CHECK(whole.body.size() == 70 << 10);
  FarServer early(says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive."));
  const Answer cut = fetch(url(early));
  CHECK(cut.status == SBX_ECLOSED);
  CHECK(cut.body.empty());
  CHECK(cut.http_status == 0);
  FarServer mute(says(""));
  CHECK(fetch(url(mute)).words == "the server closed the connection without an answer");
  FarServer breaking([](FarPeer &peer) {
    peer.request();
    peer.say("HTTP/1.1 200 OK\r\n\r\nhalf");
    peer.reset();
  });
  CHECK(fetch(url(breaking)).status == SBX_ECLOSED);
  FarServer other(says("SSH-2.0-server\r\n\r\n"));
  CHECK(fetch(url(other)).status == SBX_EPROTO);
}

TEST_CASE_FIXTURE(Fetcher, "http client: a server that is slow, or sends byte after byte, has its time and no more") {
  FarServer server(silent());
  const Answer answer = fetch(url(server), [](sbx_fetch &f) { f.timeout_ns = 100'000'000; });
  CHECK(answer.status == SBX_ETIMEOUT);
  CHECK(answer.words == "the server did not answer in time");
  FarServer dripping([](FarPeer &peer) {
    peer.request();
    peer.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n1");
    peer.wait_for_end();
  });
  CHECK(fetch(url(dripping), [](sbx_fetch &f) { f.timeout_ns = 100'000'000; }).status == SBX_ETIMEOUT);
}

TEST_CASE_FIXTURE(Fetcher, "http client: where nobody listens, and a name that is none") {
  std::string gone;
  {
    FarServer server(silent());
    gone = url(server);
  }
  const Answer refused = fetch(gone);
  CHECK(refused.status == SBX_EREFUSED);
  CHECK(refused.words == "cannot connect to the server: Connection refused");
  const Answer unknown = fetch("http://no..host/?SECRET");
  CHECK(unknown.status == SBX_EREFUSED);
  CHECK(unknown.words.find("no..host") == std::string::npos);
}

TEST_CASE_FIXTURE(Fetcher, "http client: a certificate is checked against the ca and the name") {
  io::testing::Folder folder;
  const io::testing::Key authority_key = io::testing::make_key(), key = io::testing::make_key();
  const auto authority = io::testing::make_certificate({"authority", "", -3600, 3600, true}, authority_key);
  const std::string ca = folder.write("ca.pem", authority), key_file = folder.write("key.pem", key);
  const std::string right = folder.write(
      "right.pem", io::testing::make_certificate({"server", "IP:127.0.0.1"}, key, authority, authority_key));
  const std::string wrong = folder.write(
      "wrong.pem", io::testing::make_certificate({"server", "DNS:other.example"}, key, authority, authority_key));
  const auto with_ca = [&](sbx_fetch &f) { f.ca = raw(ca); };
  const auto reply = says("HTTP/1.1 200 OK\r\n\r\nover TLS");

  FarServer server(reply, right, key_file);
  const Answer answer = fetch(url(server, "https"), with_ca);
  CHECK(answer.status == SBX_OK);
  CHECK(answer.body == "over TLS");
  CHECK(fetch(url(server, "https"), with_ca).status == SBX_OK);  // with what is known of the ca by now
  const Answer untrusted = fetch(url(server, "https"));
  CHECK(untrusted.status == SBX_EPROTO);
  CHECK(untrusted.words.find("certificate verify failed") != std::string::npos);
  const Answer no_ca = fetch(url(server, "https"), [](sbx_fetch &f) { f.ca = raw("no/such/file.pem"); });
  CHECK(no_ca.status == SBX_EREFUSED);
  CHECK(no_ca.words == "the file of trusted certificates cannot be used");

  FarServer another(reply, wrong, key_file);
  CHECK(fetch(url(another, "https"), with_ca).status == SBX_EPROTO);

  FarServer truncating(
      [&](FarPeer &peer) {
        reply(peer);
        peer.reset();
      },
      right, key_file);
  CHECK(fetch(url(truncating, "https"), with_ca).status == SBX_ECLOSED);
}

TEST_CASE_FIXTURE(Fetcher, "http client: many at once, up to the limit, each with its own answer") {
  FarServer server([](FarPeer &peer) {
    const std::string request = peer.request();
    const std::string path = request.substr(4, request.find(' ', 4) - 4);
    peer.say("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(path.size()) + "\r\n\r\n" + path);
  });
  for (int i = 0; i < SBX_FETCHES_MAX; ++i) REQUIRE(begin(url(server, "http", "/" + std::to_string(i))).id != 0);
  CHECK(begin(url(server)).id == 0);
  calls.pop_back();
  REQUIRE(house.wait([&] {
    for (const auto &call : calls)
      if (call->answer.times == 0) return false;
    return true;
  }));
  for (size_t i = 0; i < calls.size(); ++i) CHECK(calls[i]->answer.body == "/" + std::to_string(i));
  CHECK(begin(url(server)).id != 0);
}

TEST_CASE_FIXTURE(Fetcher, "http client: what is cancelled, or whose instance is gone, is not called") {
  FarServer server(silent());
  Call &cancelled = begin(url(server));
  CHECK(client->cancel(host, cancelled.id) == SBX_OK);
  CHECK(client->cancel(host, cancelled.id) == SBX_ESTALE);
  Call &connected = begin(url(server));
  REQUIRE(house.wait([&] { return server.accepted() == 1; }));
  CHECK(client->cancel(host, connected.id) == SBX_OK);
  Call &orphan = begin(url(server));
  REQUIRE(house.wait([&] { return server.accepted() == 2; }));
  house.stop_instance();
  house.run();
  for (const Call *call : {&cancelled, &connected, &orphan}) CHECK(call->answer.times == 0);
}

TEST_CASE_FIXTURE(Fetcher, "http client: what is no good request is refused at once") {
  CHECK(begin("ftp://h/").id == 0);
  CHECK(begin("http://h/\r\nX: y").id == 0);
  for (const auto &[name, value] : {std::pair("Host", "evil"), std::pair("X", "a\r\nb: c"), std::pair("X\n", "a")}) {
    const sbx_attr header{raw(name), raw(value)};
    const auto change = [&](sbx_fetch &f) {
      f.headers = &header;
      f.header_count = 1;
    };
    CHECK(begin("http://127.0.0.1:1/", change).id == 0);
  }
  CHECK(begin("http://127.0.0.1:1/", [](sbx_fetch &f) { f.method = raw("GET /x HTTP/1.1\r\n"); }).id == 0);
  CHECK(begin("http://127.0.0.1:1/", [](sbx_fetch &f) { f.body_max = (4 << 20) + 1; }).id == 0);
  CHECK(begin("http://127.0.0.1:1/", [](sbx_fetch &f) { f.timeout_ns = -1; }).id == 0);
  house.run();
  for (const auto &call : calls) CHECK(call->answer.times == 0);
}

TEST_CASE("http client: not yet in create") {
  House house;
  static sbx_id made;
  static int64_t answers;
  made = 1;
  answers = 0;
  sbx_plugin early{};
  early.size = sizeof early;
  early.kind = SBX_SOURCE;
  early.type = "early";
  early.create = [](const sbx_host *host, sbx_str) noexcept -> void * {
    const auto *client = static_cast<const sbx_http_client *>(host->service(host, SBX_HTTP_CLIENT));
    sbx_fetch f{};
    f.size = sizeof f;
    f.method = raw("GET");
    f.url = raw("http://127.0.0.1:1/");
    made = client->fetch(
        host, &f, [](void *, sbx_id, const sbx_fetched *) noexcept { ++answers; }, nullptr);
    return &made;
  };
  early.destroy = [](void *) noexcept {};
  Instance instance(house.world, house.lane(0), house, early, "early");
  REQUIRE(instance.create("{}"));
  CHECK(made == 0);
  house.run();
  CHECK(answers == 0);
}

}  // namespace signalbox::testing
