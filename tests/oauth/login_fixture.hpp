// A whole oauth source with the fakes of the SDK around it: the test is the browser, the provider and the back end, on
// virtual time.
#pragma once
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/oauth/source_config.hpp"

namespace oauth_test {

// What POST start answered, and the browser's cookie.
struct Started {
  uint32_t status = 0;
  Json json;
  std::string set_cookie, cookie, state;  // cookie: NAME=VALUE, as the browser sends it back
  std::string text(const char *name) const { return json.at(name).get<std::string>(); }
};

struct LoginFixture {
  FakeHost host{7, "login"};
  FakeHttp &http = host.part<FakeHttp>();
  sbx::testing::FakeHttpClient &web = host.part<sbx::testing::FakeHttpClient>();
  sbx::testing::FakeFiles &files = host.part<sbx::testing::FakeFiles>();
  std::unique_ptr<sbx::testing::Plugin> plugin;
  std::string peer = "192.0.2.1";

  explicit LoginFixture(const Json &config = config_json()) {
    plugin = std::make_unique<sbx::testing::Plugin>(host, sbx_module_v1_oauth(0)->plugins[0], config.dump());
    REQUIRE(plugin->created());
    REQUIRE(plugin->start() == SBX_OK);
    web.on_fetch = [](const auto &fetch) -> std::optional<sbx::testing::Answer> {
      const Json token = {{"access_token", kAccessToken}, {"token_type", "Bearer"}};
      const Json user = {{"id", "u7"}, {"name", "Li"}, {"email", "li@example.org"}, {"address", {{"city", "Xi'an"}}}};
      return sbx::testing::Answer{
          200, {{"content-type", "application/json"}}, (fetch.method == "POST" ? token : user).dump()};
    };
  }

  sbx::testing::Request start_request(const Json &body) const {
    sbx::testing::Request r;
    r.method = "POST";
    r.path = "/login/start";
    r.headers = {{"content-type", "application/json"}};
    r.body = body.dump();
    r.origin = kOrigin;
    r.peer = peer;
    return r;
  }
  Started started(const sbx::testing::Request &request) {
    const auto &x = http[http.request(request)];
    Started s;
    s.status = x.status;
    s.json = Json::parse(x.body);
    s.set_cookie = x.header("set-cookie");
    s.cookie = s.set_cookie.substr(0, s.set_cookie.find(';'));
    const std::string url = s.json.value("authorize_url", "");
    if (const size_t at = url.find("state="); at != std::string::npos)
      s.state = url.substr(at + 6, url.find('&', at) - at - 6);
    return s;
  }
  Started start(const std::string &provider = "idp", const Json &return_to = nullptr, const std::string &cookie = {}) {
    sbx::testing::Request r = start_request({{"provider", provider}, {"return_to", return_to}});
    if (!cookie.empty()) r.headers.emplace_back("cookie", cookie);
    return started(r);
  }
  // The browser comes back; the answer may come later.
  sbx_id call_back(const std::string &query, const std::string &cookie, const std::string &provider = "idp") {
    sbx::testing::Request r;
    r.path = "/login/" + provider + "/callback";
    r.query = query;
    if (!cookie.empty()) r.headers = {{"cookie", cookie}};
    r.peer = peer;
    const sbx_id id = http.request(r);
    host.turn();
    return id;
  }
  static std::string good_query(const Started &s) { return std::string("code=") + kCode + "&state=" + s.state; }

  // A login up to its event, which is acknowledged.
  Started log_in() {
    Started s = start();
    call_back(good_query(s), s.cookie);
    REQUIRE(host.emitted.size() == 1);
    acknowledge();
    return s;
  }
  void acknowledge(sbx_status status = SBX_OK) { host.ack(host.emitted.back().ack, status, "1-1"); }
  Json data(size_t i) const { return Json::parse(host.emitted.at(i).data); }
  std::string ticket(size_t i = 0) const { return data(i).at("ticket").get<std::string>(); }

  sbx_status admit(const std::string &channel, const std::string &auth_json) {
    const auto *keeper = plugin->extension<sbx_gatekeeper>(SBX_ADMISSION);
    REQUIRE(keeper);
    const sbx::testing::Lent channel_bytes(channel), auth_bytes(auth_json);
    const sbx_join join{sizeof(sbx_join), 0, channel_bytes.str(), auth_bytes.str(), nullptr};
    return host.call([&] { return keeper->admit(plugin->self(), 1, &join); });
  }
  static std::string offer(const Started &s) { return Json{{"wait", s.text("wait")}}.dump(); }

  const FakeHttp::Exchange &redeem(const std::string &body, const std::string &key = kRedeemKey) {
    sbx::testing::Request r;
    r.method = "POST";
    r.path = "/redeem";
    r.headers = {{"content-type", "application/json"}, {"authorization", "Bearer " + key}};
    r.body = body;
    return http[http.request(r)];
  }
  const FakeHttp::Exchange &redeem_ticket(const std::string &ticket) { return redeem(Json{{"ticket", ticket}}.dump()); }
  size_t logged(const std::string &text) const { return host.logged(text); }
};

}  // namespace oauth_test
