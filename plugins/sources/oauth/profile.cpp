#include "plugins/sources/oauth/profile_impl.hpp"
#include "plugins/sources/oauth/provider_answer_impl.hpp"

namespace oauth {
namespace {

using Json = nlohmann::json;

// What an answer may hold that gives somebody power.
constexpr const char *kPowers[] = {"access_token", "refresh_token", "id_token", "session_key", "token", "code"};
// What ties an ID token to one login and says nothing of the user.
constexpr const char *kTies[] = {"nonce", "at_hash", "c_hash", "s_hash"};

// At every depth, which parse_strictly() has bounded.
void erase_powers(Json &claims) {
  if (claims.is_object())
    for (const char *name : kPowers) claims.erase(name);
  if (claims.is_structured())
    for (Json &inner : claims) erase_powers(inner);
}

std::string subject_of(const Provider &provider, const Json &claims) {
  for (const std::string &way : provider.subject) {
    std::string subject =
        way.starts_with('/') ? text_at(claims, way) : filled(way, provider, claims).value_or(std::string());
    if (!subject.empty()) return subject;
  }
  return {};
}

}  // namespace

Json claims_of_token_answer(const Provider &provider, const Json &answer) {
  Json claims = Json::object();
  for (const std::string &name : provider.token_claims)
    if (answer.contains(name)) claims[name] = answer.at(name);
  erase_powers(claims);
  return claims;
}

Json claims_of_id_token(Json claims) {
  for (const char *name : kTies) claims.erase(name);
  erase_powers(claims);
  return claims;
}

bool add_userinfo(const Provider &provider, const Json &userinfo, Json &claims) {
  const auto same = [&](const std::string &name) {
    return !claims.contains(name) || !userinfo.contains(name) || claims.at(name) == userinfo.at(name);
  };
  if (provider.openid && (!userinfo.contains("sub") || !same("sub"))) return false;
  for (const std::string &name : provider.token_claims)
    if (!same(name)) return false;
  Json all = userinfo;
  all.update(claims);  // what was signed, or came with the token, stands above
  erase_powers(all);
  claims = std::move(all);
  return true;
}

std::optional<Profile> profile_of(const Provider &provider, const Json &claims) {
  Profile profile;
  profile.subject = subject_of(provider, claims);
  if (profile.subject.empty() || profile.subject.size() > kSubjectBytesMax) return std::nullopt;
  const Json whole = {{"provider", provider.name}, {"subject", profile.subject}, {"claims", claims}};
  profile.json = whole.dump(-1, ' ', false, Json::error_handler_t::replace);
  return profile;
}

}  // namespace oauth
