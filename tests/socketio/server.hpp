// A Socket.IO server on the fake host, and the few words that tests say to it.
#pragma once
#include <sbx/testing/fake_fanout.hpp>
#include <sbx/testing/fake_host.hpp>
#include <sbx/testing/fake_http.hpp>
#include <sbx/testing/fake_log.hpp>
#include <sbx/testing/fake_visitors.hpp>
#include <string>
#include <string_view>
#include <vector>

extern "C" const sbx_module *sbx_module_v1_socketio(uint32_t) noexcept;

struct Server {
  using Messages = std::vector<sbx::testing::FakeHttp::Message>;

  sbx::testing::FakeHost host;
  sbx::testing::FakeHttp &http = host.part<sbx::testing::FakeHttp>();
  sbx::testing::FakeFanout &fanout = host.part<sbx::testing::FakeFanout>();
  sbx::testing::FakeLog &log = host.part<sbx::testing::FakeLog>();
  sbx::testing::FakeVisitors &visitors = host.part<sbx::testing::FakeVisitors>();
  sbx::testing::Plugin plugin;

  // `more`: further options, as ,"key":value
  explicit Server(std::string_view more = {}, uint32_t lane = 0, uint32_t lanes = 1, uint64_t seed = 1)
      : host(seed),
        plugin((host.lane = lane, host.lanes = lanes, host), sbx_module_v1_socketio(0)->plugins[0],
               R"({"listener":"public","broadcast_to_everyone":true)" + std::string(more) + "}") {
    if (plugin.created()) plugin.start();
  }

  sbx_id request(std::string_view query, std::string_view method = "GET", std::string_view path = "/socket.io/") {
    sbx::testing::Request r;
    r.method = method;
    r.path = path;
    r.query = query;
    return http.request(r);
  }
  sbx_id get(const std::string &sid, std::string_view more = {}) {
    return request("EIO=4&transport=polling&sid=" + sid + std::string(more));
  }
  sbx_id post(const std::string &sid, std::string_view body, std::string_view type = "text/plain;charset=UTF-8",
              std::string_view more = {}) {
    sbx::testing::Request r;
    r.method = "POST";
    r.path = "/socket.io/";
    r.query = "EIO=4&transport=polling&sid=" + sid + std::string(more);
    r.headers = {{"content-type", std::string(type)}};
    r.body = body;
    return http.request(r);
  }
  sbx_id websocket(std::string_view query) {
    sbx::testing::Request r;
    r.path = "/socket.io/";
    r.query = query;
    r.ws = true;
    return http.request(r);
  }
  // Opens a polling session and answers its id.
  std::string poll_session(std::string_view query = "EIO=4&transport=polling") { return sid_in(body(request(query))); }
  // A WebSocket session in "/"; what it has received so far is forgotten.
  sbx_id websocket_client() {
    const sbx_id ws = websocket("EIO=4&transport=websocket");
    http.message(ws, "40");
    received(ws);
    return ws;
  }

  const std::string &body(sbx_id id) { return http[id].body; }
  uint32_t status(sbx_id id) { return http[id].status; }
  // What a WebSocket has received since it was last asked.
  Messages received(sbx_id ws) { return std::exchange(http[ws].received, {}); }
  void event(std::string_view channel, std::string_view name, std::string_view data, std::string_view except = {}) {
    sbx::testing::Event e;
    e.channel = channel;
    e.name = name;
    e.data = data;
    e.except = except;
    plugin.deliver(e);
  }
  static std::string sid_in(std::string_view text) {
    const size_t from = text.find("\"sid\":\"");
    if (from == std::string_view::npos) return {};
    text.remove_prefix(from + 7);
    return std::string(text.substr(0, text.find('"')));
  }
};

inline Server::Messages text(std::initializer_list<const char *> messages) {
  Server::Messages out;
  for (const char *m : messages) out.push_back({m, false});
  return out;
}
