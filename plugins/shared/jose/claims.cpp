#include "plugins/shared/jose/claims.hpp"

#include <algorithm>
#include <cmath>

#include "plugins/shared/jose/strict_json_impl.hpp"

namespace jose {
namespace {

using Json = nlohmann::json;

const Json *at(const Json &claims, const char *name) {
  const auto found = claims.find(name);
  return found == claims.end() ? nullptr : &*found;
}

bool is_text(const Json *value, std::string_view text) {
  return value && value->is_string() && value->get_ref<const std::string &>() == text;
}

bool is_one_of(const Json *value, const std::vector<std::string> &texts) {
  return std::any_of(texts.begin(), texts.end(), [&](const std::string &text) { return is_text(value, text); });
}

// Seconds since 1970 (RFC 7519 section 2).  Far beyond any real time there is nothing to compare.
constexpr double kTimeMax = 1e12;

std::optional<double> time_of(const Json &value) {
  if (!value.is_number()) return std::nullopt;
  const auto seconds = value.get<double>();
  if (!std::isfinite(seconds) || std::abs(seconds) > kTimeMax) return std::nullopt;
  return seconds;
}

bool issuer_fits(const Json &claims, const Expected &expected) {
  return expected.issuers.empty() || is_one_of(at(claims, "iss"), expected.issuers);
}

bool audience_fits(const Json &claims, const Expected &expected) {
  const Json *aud = at(claims, "aud");
  const bool several = aud && aud->is_array() && aud->size() > 1;
  if (aud && aud->is_array() && !std::all_of(aud->begin(), aud->end(), [](const Json &a) { return a.is_string(); }))
    return false;
  if (!expected.audiences.empty()) {
    if (!aud) return false;
    const bool named = aud->is_array() ? std::any_of(aud->begin(), aud->end(),
                                                     [&](const Json &a) { return is_one_of(&a, expected.audiences); })
                                       : is_one_of(aud, expected.audiences);
    if (!named) return false;
  }
  if (expected.authorized_party.empty()) return true;
  const Json *azp = at(claims, "azp");
  return azp ? is_text(azp, expected.authorized_party) : !several;
}

Fault check_times(const Json &claims, const Expected &expected, double now) {
  const auto leeway = static_cast<double>(expected.leeway_s);
  const Json *exp = at(claims, "exp"), *nbf = at(claims, "nbf"), *iat = at(claims, "iat");
  if (!exp && expected.expiry_required) return Fault::kExpired;
  if (exp) {
    const auto end = time_of(*exp);
    if (!end || now >= *end + leeway) return Fault::kExpired;
  }
  for (const Json *begins : {nbf, iat}) {
    if (!begins) continue;
    const auto begin = time_of(*begins);
    if (!begin || now < *begin - leeway) return Fault::kNotYet;
  }
  if (!iat && (expected.issued_at_required || expected.age_max_s > 0)) return Fault::kExpired;
  if (iat && expected.age_max_s > 0 && now > *time_of(*iat) + static_cast<double>(expected.age_max_s) + leeway)
    return Fault::kExpired;
  return Fault::kNone;
}

}  // namespace

Fault check_claims(std::string_view claims, const Expected &expected, int64_t now_s) {
  const auto json = parse_strictly(claims, kTokenBytesMax);
  if (!json || !json->is_object()) return Fault::kMalformed;
  if (!issuer_fits(*json, expected)) return Fault::kIssuer;
  if (!audience_fits(*json, expected)) return Fault::kAudience;
  const Fault times = check_times(*json, expected, static_cast<double>(now_s));
  if (times != Fault::kNone) return times;
  if (expected.nonce && !is_text(at(*json, "nonce"), *expected.nonce)) return Fault::kNonce;
  const Json *sub = at(*json, "sub");
  if (expected.subject_required && (!sub || !sub->is_string() || sub->get_ref<const std::string &>().empty()))
    return Fault::kSubject;
  return Fault::kNone;
}

}  // namespace jose
