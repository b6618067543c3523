// A websocket sink on the fake host, and the few words that tests say to it.
#pragma once
#include <sbx/testing/fake_fanout.hpp>
#include <sbx/testing/fake_host.hpp>
#include <sbx/testing/fake_http.hpp>
#include <sbx/testing/fake_log.hpp>
#include <sbx/testing/fake_visitors.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

extern "C" const sbx_module *sbx_module_v1_websocket(uint32_t) noexcept;

struct Server {
  using Texts = std::vector<std::string>;

  sbx::testing::FakeHost host;
  sbx::testing::FakeHttp &http = host.part<sbx::testing::FakeHttp>();
  sbx::testing::FakeFanout &fanout = host.part<sbx::testing::FakeFanout>();
  sbx::testing::FakeLog &log = host.part<sbx::testing::FakeLog>();
  sbx::testing::FakeVisitors &visitors = host.part<sbx::testing::FakeVisitors>();
  sbx::testing::Plugin plugin;

  // `more`: further options, as ,"key":value
  explicit Server(std::string_view more = {})
      : plugin(host, sbx_module_v1_websocket(0)->plugins[0], R"({"listener":"public")" + std::string(more) + "}") {
    if (plugin.created()) plugin.start();
  }

  sbx_id open(std::string_view query = {}, std::string_view subprotocols = {}) {
    sbx::testing::Request r;
    r.path = "/ws";
    r.query = query;
    r.ws = true;
    if (!subprotocols.empty()) r.headers = {{"sec-websocket-protocol", std::string(subprotocols)}};
    return http.request(r);
  }
  // A client that has been welcomed; what it received so far is forgotten.
  sbx_id client() {
    const sbx_id ws = open();
    received(ws);
    return ws;
  }
  // ... and is in this channel.
  sbx_id listener(const std::string &channel) {
    const sbx_id ws = client();
    say(ws, R"({"type":"subscribe","channel":")" + channel + "\"}");
    received(ws);
    return ws;
  }
  void say(sbx_id ws, std::string_view text) { http.message(ws, text); }
  // What it is answered.
  Texts ask(sbx_id ws, std::string_view text) {
    say(ws, text);
    return received(ws);
  }
  Texts received(sbx_id ws) {
    Texts out;
    for (auto &message : std::exchange(http[ws].received, {})) out.push_back(std::move(message.data));
    return out;
  }
  std::string event(std::string_view channel, std::string_view data, std::string_view name = "e") {
    sbx::testing::Event e;
    e.channel = channel;
    e.name = name;
    e.data = data;
    return log.event(e);
  }
  // The event as the client sees it.
  static std::string seen(std::string_view channel, std::string_view data, std::string_view cursor) {
    return R"({"type":"event","channel":")" + std::string(channel) + R"(","event":"e","data":)" + std::string(data) +
           R"(,"id":")" + std::string(cursor) + R"(","cursor":")" + std::string(cursor) + "\"}";
  }
  double metric(std::string_view name, std::string_view label = {}) const {
    return host.metric("signalbox_websocket_" + std::string(name), label);
  }
};
