#include "plugins/sources/oauth/id_token.hpp"

#include <nlohmann/json.hpp>

#include "plugins/shared/jose/claims.hpp"

namespace oauth {
namespace {

// Older than this it does not come from the exchange that has just been made, whatever its expiry says.
constexpr int64_t kAgeMaxS = 600;

// `hd` in the authorize URL is only a wish, which the browser can take out.
bool is_of_domain(const Provider &provider, const std::string &claims) {
  if (provider.hosted_domain.empty()) return true;
  const auto json = nlohmann::json::parse(claims, nullptr, false);
  const auto domain = json.find("hd");
  return domain != json.end() && domain->is_string() && *domain == provider.hosted_domain;
}

}  // namespace

CheckedIdToken check_id_token(const Provider &provider, std::string_view token, const jose::KeySet &keys,
                              std::string_view nonce, int64_t now_s) {
  jose::VerifyRules rules;
  for (const std::string &name : provider.algorithms) {
    const auto algorithm = jose::algorithm_of(name);
    if (algorithm && jose::key_type_of(*algorithm) != jose::KeyType::kSecret) rules.algorithms.push_back(*algorithm);
  }
  auto verified = jose::verify(token, keys, rules);
  if (verified.fault != jose::Fault::kNone) return {verified.fault, false, {}};

  jose::Expected expected;
  expected.issuers = {provider.issuer};
  expected.audiences = {provider.client_id};
  expected.authorized_party = provider.client_id;
  expected.nonce = std::string(nonce);
  expected.issued_at_required = true;
  expected.subject_required = true;
  expected.age_max_s = kAgeMaxS;
  expected.leeway_s = provider.leeway_s;
  const jose::Fault fault = jose::check_claims(verified.claims, expected, now_s);
  if (fault != jose::Fault::kNone) return {fault, false, {}};
  const bool wrong_domain = !is_of_domain(provider, verified.claims);
  return {jose::Fault::kNone, wrong_domain, std::move(verified.claims)};
}

}  // namespace oauth
