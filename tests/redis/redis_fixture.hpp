// A redis source on the fake host, and the words that Redis would say to it.
#pragma once
#include <initializer_list>
#include <sbx/testing/fake_host.hpp>
#include <sbx/testing/fake_stream.hpp>
#include <string>
#include <string_view>

extern "C" const sbx_module *sbx_module_v1_redis(uint32_t) noexcept;

namespace redis_test {

inline const sbx_plugin *table() { return sbx_module_v1_redis(0)->plugins[0]; }

inline std::string bulk(std::string_view s) {
  return "$" + std::to_string(s.size()) + "\r\n" + std::string(s) + "\r\n";
}
// As a client sends it.
inline std::string command(std::initializer_list<std::string_view> words) {
  std::string out = "*" + std::to_string(words.size()) + "\r\n";
  for (std::string_view w : words) out += bulk(w);
  return out;
}
inline std::string confirmed(std::string_view kind, std::string_view name, int n = 1) {
  return "*3\r\n" + bulk(kind) + bulk(name) + ":" + std::to_string(n) + "\r\n";
}
inline std::string message(std::string_view channel, std::string_view payload) {
  return command({"message", channel, payload});
}
inline std::string pmessage(std::string_view pattern, std::string_view channel, std::string_view payload) {
  return command({"pmessage", pattern, channel, payload});
}
inline std::string laravel(std::string_view event, std::string_view data) {
  return "{\"event\":\"" + std::string(event) + "\",\"data\":" + std::string(data) + ",\"socket\":null}";
}

// As it is emitted: with the name of the source.
inline sbx::testing::Event from_here(sbx::testing::Event e) {
  e.attrs = {{"source", "fake"}};
  return e;
}

struct Source {
  explicit Source(std::string_view config = R"({"url":"redis://r","patterns":["*"]})", uint64_t seed = 1)
      : host(seed), net(host.part<sbx::testing::FakeStream>()), plugin(host, table(), config) {}

  sbx_id conn() const { return net.newest(); }
  std::string take_sent() { return std::exchange(net[conn()].sent, {}); }
  void say(std::string_view bytes) { net.feed(conn(), bytes); }
  // Started, connected, the pattern "*" confirmed.
  Source &live() {
    if (conn() == 0) plugin.start();
    net.open(conn());
    take_sent();
    say(confirmed("psubscribe", "*"));
    return *this;
  }
  // Virtual time until something new is dialled.
  void until_dial() {
    size_t before = net.dialled();
    for (int i = 0; i < 100 && net.dialled() == before; ++i) host.advance(sbx::kSecondNs);
  }

  sbx::testing::FakeHost host;
  sbx::testing::FakeStream &net;
  sbx::testing::Plugin plugin;
};

}  // namespace redis_test
