#include "plugins/shared/jose/claims.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using jose::check_claims;
using jose::Expected;
using jose::Fault;

namespace {

constexpr int64_t kNow = 1'700'000'000;

Expected id_token() {
  Expected e;
  e.issuers = {"https://idp.example"};
  e.audiences = {"client"};
  e.authorized_party = "client";
  e.nonce = "n-1";
  e.issued_at_required = e.subject_required = true;
  return e;
}

// The claims of a good ID token, with some of them replaced or (by "") taken away.
std::string claims(std::vector<std::pair<std::string, std::string>> changed = {}) {
  std::vector<std::pair<std::string, std::string>> all = {{"iss", "\"https://idp.example\""},
                                                          {"aud", "\"client\""},
                                                          {"exp", "1700000300"},
                                                          {"iat", "1699999990"},
                                                          {"nonce", "\"n-1\""},
                                                          {"sub", "\"7\""}};
  std::string out = "{";
  for (auto &[name, value] : all) {
    for (const auto &[other, replacement] : changed)
      if (other == name) value = replacement;
    if (!value.empty()) out += (out.size() > 1 ? ",\"" : "\"") + name + "\":" + value;
  }
  for (const auto &[name, value] : changed)
    if (std::none_of(all.begin(), all.end(), [&, n = name](const auto &a) { return a.first == n; }))
      out += ",\"" + name + "\":" + value;
  return out + "}";
}

Fault fault_of(std::vector<std::pair<std::string, std::string>> changed) {
  return check_claims(claims(std::move(changed)), id_token(), kNow);
}

}  // namespace

TEST_CASE("a good ID token has nothing wrong with it") { CHECK(fault_of({}) == Fault::kNone); }

TEST_CASE("the issuer is compared as it is written") {
  for (const char *iss : {"\"https://idp.example/\"", "\"https://IDP.example\"", "\"https://evil.example\"",
                          "[\"https://idp.example\"]", "null", ""})
    CHECK(fault_of({{"iss", iss}}) == Fault::kIssuer);
}

TEST_CASE("the audience is this client, alone or named as the authorised party") {
  CHECK(fault_of({{"aud", R"(["client"])"}}) == Fault::kNone);
  CHECK(fault_of({{"aud", R"(["other","client"])"}}) == Fault::kAudience);
  CHECK(fault_of({{"aud", R"(["other","client"])"}, {"azp", "\"client\""}}) == Fault::kNone);
  CHECK(fault_of({{"aud", R"(["other","client"])"}, {"azp", "\"other\""}}) == Fault::kAudience);
  CHECK(fault_of({{"azp", "\"other\""}}) == Fault::kAudience);
  CHECK(fault_of({{"azp", "7"}}) == Fault::kAudience);
  for (const char *aud : {"\"other\"", R"(["other"])", "[]", "7", R"(["client",7])", ""})
    CHECK(fault_of({{"aud", aud}}) == Fault::kAudience);
}

TEST_CASE("times hold within the leeway") {
  CHECK(fault_of({{"exp", "1699999941"}}) == Fault::kNone);
  CHECK(fault_of({{"exp", "1699999940"}}) == Fault::kExpired);
  for (const char *exp : {"", "\"1700000300\"", "null", "1e300", "-1"})
    CHECK(fault_of({{"exp", exp}}) == Fault::kExpired);
  CHECK(fault_of({{"exp", "1700000300.5"}}) == Fault::kNone);
  CHECK(fault_of({{"nbf", "1700000060"}}) == Fault::kNone);
  CHECK(fault_of({{"nbf", "1700000061"}}) == Fault::kNotYet);
  CHECK(fault_of({{"iat", "1700000061"}}) == Fault::kNotYet);
  CHECK(fault_of({{"iat", "true"}}) == Fault::kNotYet);
  CHECK(fault_of({{"iat", ""}}) == Fault::kExpired);
  Expected fresh = id_token();
  fresh.age_max_s = 600;
  CHECK(check_claims(claims({{"iat", "1699999340"}}), fresh, kNow) == Fault::kNone);
  CHECK(check_claims(claims({{"iat", "1699999339"}}), fresh, kNow) == Fault::kExpired);
}

TEST_CASE("the nonce of another login is refused, and so is none at all") {
  for (const char *nonce : {"\"n-0\"", "\"\"", "1", ""}) CHECK(fault_of({{"nonce", nonce}}) == Fault::kNonce);
  CHECK(fault_of({{"sub", ""}}) == Fault::kSubject);
  CHECK(fault_of({{"sub", "\"\""}}) == Fault::kSubject);
  CHECK(fault_of({{"sub", "7"}}) == Fault::kSubject);
}

TEST_CASE("what is not asked for is not looked at") {
  Expected little;
  little.expiry_required = false;
  CHECK(check_claims("{}", little, kNow) == Fault::kNone);
  CHECK(check_claims(R"({"exp":1})", little, kNow) == Fault::kExpired);
  CHECK(check_claims("[]", little, kNow) == Fault::kMalformed);
}

TEST_CASE("every fault has words for the log") {
  for (int i = 0; i <= static_cast<int>(Fault::kSubject); ++i)
    CHECK_FALSE(jose::text_of(static_cast<Fault>(i)).empty());
}
