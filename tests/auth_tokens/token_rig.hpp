// A jwt or ticket rule on a fake host: what it is asked and what it says, on virtual time.
#pragma once
#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <optional>
#include <sbx/testing/fake_files.hpp>
#include <sbx/testing/fake_host.hpp>
#include <sbx/testing/fake_http_client.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "plugins/filters/auth/jwt_rule.hpp"
#include "plugins/filters/auth/ticket_rule.hpp"
#include "plugins/shared/jose/base64url.hpp"
#include "tests/jose/signer.hpp"

namespace auth_test {

inline constexpr int64_t kNow = 1'700'001'000;  // the fake host's wall clock when it begins
inline constexpr int64_t kSecondNs = sbx::kSecondNs;

// A filter that is nothing but one rule, which its creation leaves in `made`.
template <auto Make>
struct OneRule {
  static inline std::unique_ptr<auth::TokenRule> made;
  OneRule(sbx::Host host, std::string_view options) {
    made = Make(host, options, std::string_view(Make == &auth::make_jwt_rule ? "/rules/0/jwt" : "/rules/0/ticket"));
    if (!made) throw sbx::Refused{};
  }
};

struct TokenRig {
  sbx::testing::FakeHost host;
  sbx::testing::FakeFiles &files = host.part<sbx::testing::FakeFiles>();
  sbx::testing::FakeHttpClient &web = host.part<sbx::testing::FakeHttpClient>();
  std::map<uint64_t, auth::Judgement> said;
  std::optional<sbx::testing::Plugin> plugin;  // in whose creation the rule is made, as in the filter's
  std::unique_ptr<auth::TokenRule> rule;       // ends before what it stands on
  uint64_t last_ask = 0;

  bool jwt(const std::string &options) { return make<&auth::make_jwt_rule>(options); }
  bool ticket(const std::string &options) { return make<&auth::make_ticket_rule>(options); }
  std::string problem() const { return host.problems.empty() ? std::string() : host.problems[0].where; }

  // Asks and does not wait for the answer.
  uint64_t ask(std::string_view channel, std::string_view token) {
    const uint64_t id = ++last_ask;
    const bool presence = channel.starts_with("presence-");
    const auth::TokenAsk about{channel, token, presence || channel.starts_with("private-"), presence};
    rule->judge(id, about, [this, id](const auth::Judgement &judgement) {
      CHECK(said.count(id) == 0);
      said[id] = judgement;
    });
    return id;
  }
  // REQUIRES: the answer comes at once
  const auth::Judgement &judge(std::string_view channel, std::string_view token) {
    const uint64_t id = ask(channel, token);
    REQUIRE(said.count(id) == 1);
    return said[id];
  }
  template <auto Make>
  bool make(const std::string &options) {
    static constexpr sbx_plugin kTable = sbx::table<OneRule<Make>>(SBX_FILTER, "one", "1.0.0", "One rule.", "{}");
    plugin.emplace(host, &kTable, options);
    rule = std::move(OneRule<Make>::made);
    CHECK((rule == nullptr) == !host.problems.empty());
    return rule != nullptr;
  }
  // "expired 401", or "good".
  std::string verdict(std::string_view channel, std::string_view token) { return text_of(judge(channel, token)); }
  static std::string text_of(const auth::Judgement &j) {
    return j.admitted ? std::string("good") : std::string(j.reason) + " " + std::to_string(j.code);
  }
};

inline const jose_test::Signer &es256() {
  static const jose_test::Signer made("ES256");
  return made;
}
inline const jose_test::Signer &rs256() {
  static const jose_test::Signer made("RS256");
  return made;
}

// Claims that are good now; `more` goes on behind them: "\"sub\":\"7\"".
inline std::string claims(std::string_view more = {}, int64_t expires_in_s = 300) {
  std::string out = R"({"aud":"shop","exp":)" + std::to_string(kNow + expires_in_s);
  if (!more.empty()) out.append(",").append(more);
  return out + "}";
}

inline std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// A jwt rule with these keys (JSON) and more settings: R"(,"issuer":"x")".
inline std::string with_keys(std::string_view keys_json, std::string_view algorithms = R"(["ES256"])",
                             std::string_view more = {}) {
  return R"({"audience":"shop","keys":)" + std::string(keys_json) + R"(,"algorithms":)" + std::string(algorithms) +
         std::string(more) + "}";
}
inline std::unique_ptr<TokenRig> es_rig(std::string_view more = {}) {
  auto rig = std::make_unique<TokenRig>();
  REQUIRE(rig->jwt(with_keys(quoted(es256().jwks(R"("kid":"1",)")), R"(["ES256"])", more)));
  return rig;
}

}  // namespace auth_test
