// A page on the fake host that does what socket.io-client 4.6 does: it enters "/", keeps the pid and the trailing
// string of every event, shows both when it comes back, and knows whether it was recovered.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "tests/socketio/server.hpp"

using sbx::testing::FakeLog;

struct EchoServer : Server {
  explicit EchoServer(std::string_view more = {}, uint32_t lane = 0, uint32_t lanes = 1, uint64_t seed = 1)
      : Server(R"(,"mode":"echo")" + std::string(more), lane, lanes, seed) {}
  std::string publish(std::string_view channel, std::string_view name, std::string_view data) {
    return log.event({.channel = std::string(channel), .name = std::string(name), .data = std::string(data)});
  }
};

struct Page {
  EchoServer *s;
  sbx_id ws = 0;
  std::string pid, offset, id;
  bool connected = false, recovered = false;
  std::vector<std::string> events;  // as they came, without the trailing offset; hello left out
  std::string query = "EIO=4&transport=websocket";

  explicit Page(EchoServer &server) : s(&server) {}

  Page &connect() {
    ws = s->websocket(query);
    connected = recovered = false;
    std::string auth;
    if (!pid.empty()) {
      auth = R"({"pid":")" + pid + '"';
      if (!offset.empty()) auth += R"(,"offset":")" + offset + '"';
      auth += '}';
    }
    if (query.find("EIO=4") == 0) s->http.message(ws, "40" + auth);
    read();
    return *this;
  }
  void emit(std::string_view args) {
    s->http.message(ws, "42" + std::string(args));
    read();
  }
  void subscribe(std::string_view channel, std::string_view since = {}) {
    std::string args = R"(["subscribe",{"channel":")" + std::string(channel) + R"(","auth":{"headers":{}})";
    if (!since.empty()) args += R"(,"since":")" + std::string(since) + '"';
    emit(args + "}]");
  }
  void subscribe_with(std::string_view channel, std::string_view auth) {
    emit(R"(["subscribe",{"channel":")" + std::string(channel) + R"(","auth":)" + std::string(auth) + "}]");
  }
  void unsubscribe(std::string_view channel) {
    emit(R"(["unsubscribe",{"channel":")" + std::string(channel) + R"(","auth":{}}])");
  }
  // What has arrived; a page that was cut off has what arrived before.
  void read() {
    if (ws)
      for (const auto &m : s->received(ws)) take(m.data);
  }
  void cut() {
    read();
    s->http.drop(ws);
    ws = 0;
  }
  // The line breaks while what was sent is still on the way: the page never sees it.
  void cut_unread() {
    s->received(ws);
    s->http.drop(ws);
    ws = 0;
  }
  std::vector<std::string> news() {
    read();
    return std::exchange(events, {});
  }

 private:
  static std::string field(std::string_view text, std::string_view name) {
    const size_t from = text.find('"' + std::string(name) + "\":\"");
    if (from == std::string_view::npos) return {};
    text.remove_prefix(from + name.size() + 4);
    return std::string(text.substr(0, text.find('"')));
  }
  void take(std::string text) {
    if (text.starts_with("40")) {
      const std::string its = field(text, "pid");
      recovered = !its.empty() && its == pid;
      pid = its;
      id = field(text, "sid");
      connected = true;
    }
    if (!text.starts_with("42")) return;
    // The last argument, when it is a string, is the offset, for a client that has a pid.
    const size_t end = text.size() - 2;
    if (!pid.empty() && text[end] == '"') {
      const size_t from = text.rfind(",\"", end - 1);
      offset = text.substr(from + 2, end - from - 2);
      text.erase(from, end + 1 - from);
    }
    if (!text.starts_with(R"(42["signalbox:hello")")) events.push_back(text.substr(2));
  }
};

using Events = std::vector<std::string>;
inline std::string succeeded(std::string_view channel, std::string_view cursor, bool recovered = false) {
  return R"(["subscription_succeeded",")" + std::string(channel) + R"(",{"cursor":")" + std::string(cursor) +
         R"(","recovered":)" + (recovered ? "true}]" : "false}]");
}
