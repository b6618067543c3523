#include "core/net/ws_handshake.hpp"

#include <doctest/doctest.h>

#include "core/base/limits.hpp"

using namespace signalbox;
using namespace signalbox::net;

namespace {

HttpHead handshake() {
  HttpHead head;
  head.method = "GET";
  head.path = "/chat";
  head.upgrade = true;
  head.headers = {{"host", "server.example.com"},
                  {"upgrade", "websocket"},
                  {"connection", "keep-alive, Upgrade"},
                  {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="},
                  {"sec-websocket-version", "13"}};
  return head;
}

void set(HttpHead &head, const std::string &name, const std::string &value) {
  for (HttpHeader &h : head.headers)
    if (h.name == name) h.value = value;
}

void add(HttpHead &head, const std::string &name, const std::string &value) { head.headers.push_back({name, value}); }

bool refused(const HttpHead &head, const std::string &word) {
  const auto key = ws_accept_key(head);
  return !key.ok() && key.message().find(word) != std::string::npos;
}

}  // namespace

TEST_CASE("the example of RFC 6455 section 1.3 is accepted") {
  const auto key = ws_accept_key(handshake());
  REQUIRE(key.ok());
  CHECK(*key == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  CHECK(ws_upgrade_asked(handshake()));
}

TEST_CASE("words of the handshake are found in lists and in any case") {
  HttpHead head = handshake();
  set(head, "upgrade", "WebSocket");
  set(head, "connection", "UPGRADE");
  CHECK(ws_accept_key(head).ok());
  set(head, "upgrade", "h2c, websocket");
  CHECK(ws_accept_key(head).ok());
  CHECK(ws_upgrade_asked(head));
  set(head, "upgrade", "h2c");
  CHECK_FALSE(ws_upgrade_asked(head));
}

TEST_CASE("a handshake that lacks something is refused with the reason") {
  HttpHead head = handshake();
  head.method = "POST";
  CHECK(refused(head, "GET"));
  head = handshake();
  head.minor = 0;
  CHECK(refused(head, "HTTP/1.1"));
  head = handshake();
  set(head, "connection", "keep-alive");
  CHECK(refused(head, "Connection"));
  head = handshake();
  set(head, "upgrade", "websockets");
  CHECK(refused(head, "Upgrade"));
  head = handshake();
  head.has_body = true;
  CHECK(refused(head, "body"));
}

TEST_CASE("another protocol version is refused so that 426 can be answered") {
  HttpHead head = handshake();
  CHECK_FALSE(ws_version_wrong(head));
  set(head, "sec-websocket-version", "8");
  CHECK(refused(head, "13"));
  CHECK(ws_version_wrong(head));
  head = handshake();
  add(head, "sec-websocket-version", "8");
  CHECK(ws_version_wrong(head));
}

TEST_CASE("two headers that a proxy puts on every request are no handshake yet") {
  HttpHead head = handshake();
  CHECK(ws_tried(head));
  std::erase_if(head.headers, [](const HttpHeader &h) { return h.name == "sec-websocket-version"; });
  CHECK(ws_tried(head));
  std::erase_if(head.headers, [](const HttpHeader &h) { return h.name == "sec-websocket-key"; });
  CHECK(ws_upgrade_asked(head));
  CHECK_FALSE(ws_tried(head));
}

TEST_CASE("keys that are not the base64 of 16 bytes are refused") {
  for (const char *key : {"", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ==x",
                          "dGhlIHNhbXBsZSBub25jZQA=", "dGhlIHNhbXBsZSBub2-jZQ==", "dGhlIHNhbXBsZS=ub25jZQ=="}) {
    HttpHead head = handshake();
    set(head, "sec-websocket-key", key);
    CHECK(refused(head, "Sec-WebSocket-Key"));
  }
  HttpHead head = handshake();
  add(head, "sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
  CHECK(refused(head, "Sec-WebSocket-Key"));
}

TEST_CASE("subprotocols are listed over all headers, nonsense and too many are not") {
  HttpHead head = handshake();
  CHECK(ws_subprotocols(head).empty());
  add(head, "sec-websocket-protocol", "chat, superchat");
  add(head, "sec-websocket-protocol", "v3");
  CHECK(ws_subprotocols(head) == std::vector<std::string>{"chat", "superchat", "v3"});
  add(head, "sec-websocket-protocol", "chat");
  CHECK(ws_subprotocols(head).empty());
  head = handshake();
  add(head, "sec-websocket-protocol", "a b");
  CHECK(ws_subprotocols(head).empty());
  head = handshake();
  for (size_t i = 0; i <= limits::kWsSubprotocolsMax; ++i) add(head, "sec-websocket-protocol", "p" + std::to_string(i));
  CHECK(ws_subprotocols(head).empty());
}
