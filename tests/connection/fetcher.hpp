// A plugin that fetches, in a house whose turns the test makes.
#pragma once
#include <doctest/doctest.h>

#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/event/event.hpp"
#include "tests/connection/far_server.hpp"
#include "tests/connection/house.hpp"

namespace signalbox::testing {

inline sbx_str raw(std::string_view s) { return {s.data(), s.size()}; }

struct Answer {
  sbx_status status = 1;  // 1: none came
  uint32_t http_status = 0;
  std::string headers, body, words;
  int times = 0;
};

struct Fetcher {
  House house;
  const sbx_host *host = nullptr;
  const sbx_http_client *client = nullptr;
  bool inside = false;
  struct Call {
    Fetcher &self;
    sbx_id id = 0;
    Answer answer;
  };
  std::vector<std::unique_ptr<Call>> calls;

  Fetcher() {
    std::signal(SIGPIPE, SIG_IGN);
    house.start();
    host = house.script().host();
    client = static_cast<const sbx_http_client *>(host->service(host, SBX_HTTP_CLIENT));
    REQUIRE(client);
  }
  static std::string url(const FarServer &server, std::string_view scheme = "http",
                         std::string_view path = "/a?b=SECRET") {
    return std::string(scheme) + "://127.0.0.1:" + std::to_string(server.port()) + std::string(path);
  }
  static void on_fetched(void *user, sbx_id id, const sbx_fetched *fetched) noexcept {
    Call &call = *static_cast<Call *>(user);
    CHECK(!call.self.inside);  // R3
    CHECK(id == call.id);
    CHECK(call.self.client->cancel(call.self.host, id) == SBX_ESTALE);
    call.answer.status = fetched->status;
    call.answer.http_status = fetched->http_status;
    for (size_t i = 0; i < fetched->header_count; ++i)
      call.answer.headers +=
          std::string(text(fetched->headers[i].key)) + "=" + std::string(text(fetched->headers[i].value)) + ";";
    call.answer.body = text(fetched->body);
    call.answer.words = text(fetched->text);
    ++call.answer.times;
  }
  Call &begin(const std::string &to, const std::function<void(sbx_fetch &)> &change = {}) {
    sbx_fetch f{};
    f.size = sizeof f;
    f.method = raw("GET");
    f.url = raw(to);
    if (change) change(f);
    Call &call = *calls.emplace_back(std::make_unique<Call>(Call{*this, 0, {}}));
    inside = true;
    call.id = client->fetch(host, &f, on_fetched, &call);
    inside = false;
    return call;
  }
  Answer fetch(const std::string &to, const std::function<void(sbx_fetch &)> &change = {}) {
    Call &call = begin(to, change);
    REQUIRE(call.id != 0);
    REQUIRE(house.wait([&] { return call.answer.times > 0; }));
    house.run();
    CHECK(call.answer.times == 1);
    CHECK(call.answer.words.find("SECRET") == std::string::npos);
    CHECK(call.answer.words.find("127.0.0.1") == std::string::npos);
    return call.answer;
  }
};

}  // namespace signalbox::testing
