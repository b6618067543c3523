// Providers as their presets make them, and a Rig: Exchanges on a fake host whose web the test answers.
#pragma once
#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <sbx/testing/fake_files.hpp>
#include <sbx/testing/fake_http_client.hpp>
#include <string>
#include <utility>
#include <vector>

#include "plugins/sources/oauth/exchange.hpp"
#include "plugins/sources/oauth/provider.hpp"

namespace oauth_test {

// What an entry of `providers:` came to.
struct Reading {
  std::optional<oauth::Provider> provider;
  std::vector<std::pair<std::string, std::string>> complaints;  // pointer, text
  // The text of the complaint at this pointer, or empty.
  std::string complaint(std::string_view pointer) const;
};
using Files = std::map<std::string, std::string, std::less<>>;
Reading read(std::string_view config_json, const Files &files = {});
// REQUIRES: the configuration is good
oauth::Provider provider(std::string_view config_json, const Files &files = {});

inline constexpr const char *kGithub = R"({"preset":"github","client_id":"gh-1","client_secret":"gh-secret"})";
inline constexpr const char *kWechat = R"({"preset":"wechat","client_id":"wx1","client_secret":"wx-secret"})";
inline constexpr const char *kRedirect = "https://shop.example/login/p/callback";

class Rig {
 public:
  explicit Rig(oauth::Provider p, size_t at_once_max = 8);
  // Begins an exchange of "the-code" with "the-verifier" and the nonce "n-1".
  uint64_t begin();
  sbx::testing::FakeHttpClient::Fetch &newest() { return web[web.newest()]; }
  void answer(std::string_view json, uint32_t status = 200);
  // REQUIRES: exactly one result is there
  const oauth::ExchangeResult &result() const;
  // No log line and no detail says a code, a token or a secret, or anything that begins a query.
  void check_silence() const;

  sbx::testing::FakeHost host;
  sbx::testing::FakeHttpClient &web = host.part<sbx::testing::FakeHttpClient>();
  sbx::testing::FakeFiles &files = host.part<sbx::testing::FakeFiles>();
  oauth::Provider provider;
  std::vector<oauth::ExchangeResult> results;
  oauth::Exchanges exchanges;
};

}  // namespace oauth_test
