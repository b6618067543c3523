// An sse sink on the fake host, and the few words that tests say to it.
#pragma once
#include <nlohmann/json.hpp>
#include <sbx/testing/fake_fanout.hpp>
#include <sbx/testing/fake_host.hpp>
#include <sbx/testing/fake_http.hpp>
#include <sbx/testing/fake_log.hpp>
#include <sbx/testing/fake_visitors.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/sse/event_source.hpp"

extern "C" const sbx_module *sbx_module_v1_sse(uint32_t) noexcept;

struct Server {
  using Json = nlohmann::json;
  using Messages = std::vector<EventSource::Message>;
  using Log = sbx::testing::FakeLog;
  using Exchange = sbx::testing::FakeHttp::Exchange;

  sbx::testing::FakeHost host;
  sbx::testing::FakeHttp &http = host.part<sbx::testing::FakeHttp>();
  sbx::testing::FakeFanout &fanout = host.part<sbx::testing::FakeFanout>();
  Log &log = host.part<Log>();
  sbx::testing::FakeVisitors &visitors = host.part<sbx::testing::FakeVisitors>();
  sbx::testing::Plugin plugin;

  // `more`: further options, as ,"key":value
  explicit Server(std::string_view more = {}, uint64_t seed = 1)
      : host(seed),
        plugin(host, sbx_module_v1_sse(0)->plugins[0], R"({"listener":"public")" + std::string(more) + "}") {
    if (plugin.created()) plugin.start();
  }

  using Headers = std::vector<std::pair<std::string, std::string>>;
  sbx_id request(std::string_view query, Headers headers = {}, std::string_view method = "GET",
                 std::string_view path = "/events") {
    sbx::testing::Request r;
    r.method = method;
    r.path = path;
    r.query = query;
    r.headers = std::move(headers);
    return http.request(r);
  }
  sbx_id open(std::string_view query, std::string_view last_event_id = {}) {
    Headers headers = {{"accept", "text/event-stream"}};
    if (!last_event_id.empty()) headers.emplace_back("last-event-id", last_event_id);
    return request(query, std::move(headers));
  }
  sbx_id poll(std::string_view query) { return request(query, {{"accept", "application/json"}}); }

  // Everything that a stream has had so far.
  std::string bytes(sbx_id id) {
    std::string out = http[id].body;
    for (const auto &piece : http[id].received) out += piece.data;
    return out;
  }
  EventSource page(sbx_id id) { return EventSource().feed(bytes(id)); }
  Messages messages(sbx_id id) { return page(id).messages; }
  // The data of its messages, and "gap CHANNEL" where there was one.
  std::vector<std::string> heard(sbx_id id) {
    std::vector<std::string> out;
    for (const auto &m : messages(id))
      out.push_back(m.type == "signalbox.gap" ? "gap " + Json::parse(m.data)["channel"].get<std::string>() : m.data);
    return out;
  }
  uint32_t status(sbx_id id) { return http[id].status; }
  bool answered(sbx_id id) { return http[id].answered(); }
  Json document(sbx_id id) { return Json::parse(http[id].body); }
  // The data of a poll's events.
  std::vector<std::string> data(sbx_id id) {
    std::vector<std::string> out;
    const Json all = document(id);
    for (const Json &event : all["events"]) out.push_back(event["data"].dump());
    return out;
  }
  // Its cursor is returned.
  std::string event(std::string_view channel, std::string_view data, std::string_view name = "e") {
    sbx::testing::Event e;
    e.channel = channel;
    e.name = name;
    e.data = data;
    return log.event(e);
  }
  double metric(std::string_view name, std::string_view label = {}) const { return host.metric(name, label); }
};

using Strings = std::vector<std::string>;
