// What the schema cannot say about `with:`.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/oauth/login_fixture.hpp"

using namespace oauth_test;

namespace {

struct Judged {
  std::vector<FakeHost::Problem> problems, warnings;
  bool created = false;
  bool at(const std::string &where) const {
    return std::any_of(problems.begin(), problems.end(), [&](const auto &p) { return p.where == where; });
  }
  bool warned_at(const std::string &where) const {
    return std::any_of(warnings.begin(), warnings.end(), [&](const auto &p) { return p.where == where; });
  }
};

Judged judge(const Json &config) {
  FakeHost host;
  host.part<FakeHttp>();
  host.part<sbx::testing::FakeHttpClient>();
  host.part<sbx::testing::FakeFiles>();
  const sbx::testing::Plugin plugin(host, sbx_module_v1_oauth(0)->plugins[0], config.dump());
  return {host.problems, host.warnings, plugin.created()};
}

Judged judge_with(const Json &patch) {
  Json config = config_json();
  config.merge_patch(patch);
  return judge(config);
}

}  // namespace

TEST_CASE("a configuration as it should be has no problem and no warning") {
  const Judged j = judge(config_json());
  CHECK(j.created);
  CHECK(j.problems.empty());
  CHECK(j.warnings.empty());
}

TEST_CASE("every wrong option is told at its place") {
  CHECK(judge_with({{"path", "/"}}).at("/path"));
  CHECK(judge_with({{"path", "/login/"}}).at("/path"));
  CHECK(judge_with({{"public_url", "https://shop.example/"}}).at("/public_url"));
  CHECK(judge_with({{"public_url", "http://shop.example"}}).at("/public_url"));
  CHECK(judge_with({{"public_url", "http://localhost.evil.example"}}).at("/public_url"));
  CHECK(judge_with({{"channel", "login"}}).at("/channel"));
  CHECK(judge_with({{"channel", "{id}.{id}"}}).at("/channel"));
  CHECK(judge_with({{"channel", "login\n{id}"}}).at("/channel"));
  CHECK(judge_with({{"channel", std::string(600, 'x') + "{id}"}}).at("/channel"));
  CHECK(judge_with({{"origins", {"https://a.example", "*"}}}).at("/origins/1"));
  CHECK(judge_with({{"return_to", {"https://a.example/x"}}}).at("/return_to/0"));
  CHECK(judge_with({{"lifetime", 0}}).at("/lifetime"));
  CHECK(judge_with({{"scene_lifetime", 3'600'001}}).at("/scene_lifetime"));
  CHECK(judge_with({{"ticket_lifetime", 10}}).at("/ticket_lifetime"));
  CHECK(judge_with({{"expose", {"name"}}}).at("/expose/0"));
  CHECK(judge_with({{"expose", {""}}}).at("/expose/0"));
  CHECK(judge_with({{"redeem", {{"path", "redeem"}}}}).at("/redeem/path"));
  CHECK(judge_with({{"redeem", {{"key", ""}}}}).at("/redeem/key"));
  CHECK(judge_with({{"redeem", {{"key", Json::array()}}}}).at("/redeem/key"));
  CHECK(judge_with({{"redeem", {{"key", {kRedeemKey, "has blank"}}}}}).at("/redeem/key/1"));
  CHECK(judge_with({{"redeem", {{"key", std::vector<std::string>(17, kRedeemKey)}}}}).at("/redeem/key"));
  CHECK(judge_with({{"providers", {{"start", provider_json()}}}}).at("/providers/start"));
  CHECK(judge_with({{"providers", {{"Idp", provider_json()}}}}).at("/providers/Idp"));
  CHECK(judge_with({{"providers", {{"idp", {{"preset", "nobody"}}}}}}).at("/providers/idp/preset"));
  CHECK(judge_with({{"providers", {{"idp", {{"jwks", {{"file", "missing.json"}}}}}}}}).at("/providers/idp/jwks"));
  CHECK(judge_with({{"providers", {{"phone", {{"encoding_aes_key", "short"}}}}}})
            .at("/providers/phone/encoding_aes_key"));
  Json none = config_json();
  none["providers"] = Json::object();
  CHECK(judge(none).at("/providers"));
}

TEST_CASE("what works but should be thought over is a warning") {
  CHECK(judge_with({{"redeem", {{"listener", "public"}}}}).warned_at("/redeem/listener"));
  CHECK(judge_with({{"redeem", {{"key", "short"}}}}).warned_at("/redeem/key"));
  CHECK(judge_with({{"redeem", nullptr}}).warned_at(""));
  CHECK(judge_with({{"channel", "{id}"}}).warned_at("/channel"));
}

TEST_CASE("on the developer's own machine http will do, with another cookie") {
  Json config = config_json();
  config["public_url"] = "http://localhost:8080";
  config["origins"] = {kOrigin};
  LoginFixture f(config);
  const Started s = f.start();
  REQUIRE(s.status == 200);
  CHECK(s.cookie.find("sb_bind=") == 0);
  CHECK(s.set_cookie.find("Secure") == std::string::npos);
  const sbx_id id = f.call_back(f.good_query(s), s.cookie);
  f.acknowledge();
  CHECK(f.http[id].status == 200);
  config["providers"]["idp"]["response_mode"] = "form_post";
  CHECK(judge(config).at("/public_url"));
}
