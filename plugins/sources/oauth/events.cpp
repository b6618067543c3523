#include "plugins/sources/oauth/events.hpp"

#include "plugins/sources/oauth/exchange.hpp"
#include "plugins/sources/oauth/provider_answer_impl.hpp"
#include "plugins/sources/oauth/waits.hpp"

namespace oauth {
namespace {

using Json = nlohmann::json;

constexpr size_t kExposedMax = 1024;  // bytes of one value

Json claims_of(const Profile &profile) {
  const Json whole = Json::parse(profile.json, nullptr, false);
  const Json claims = whole.is_object() ? whole.value("claims", Json()) : Json();
  return claims.is_object() ? claims : Json::object();
}

bool may_be_shown(const Json &value) {
  if (value.is_string()) return value.get_ref<const std::string &>().size() <= kExposedMax;
  return value.is_number() || value.is_boolean();
}

// The place in `shown` of what is at `pointer` in the claims, made within containers of the claims' own kinds: a "0"
// may be an element of an array or a member of an object.  REQUIRES: it is there in the claims.
Json &place_of(const Json &claims, const Json::json_pointer &pointer, Json &shown) {
  if (pointer.empty()) return shown;
  const Json::json_pointer above = pointer.parent_pointer();
  Json &parent = place_of(claims, above, shown);
  if (claims[above].is_object()) return parent[pointer.back()];
  return parent[std::stoul(pointer.back())];
}

// What the provider wrote was UTF-8 when it was read; should it not be, a mark takes the place of what is broken.
std::string text_of(const Json &value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string login_data(const Wait &wait, const Profile &profile, std::string_view ticket,
                       const std::vector<std::string> &expose) {
  Json data = {{"type", wait.provider + ".login"}, {"status", "ok"}, {"ticket", ticket}, {"login", wait.id}};
  const Json claims = expose.empty() ? Json::object() : claims_of(profile);
  for (const std::string &text : expose) {
    const Json *const claim = find_at(claims, text);
    if (claim && may_be_shown(*claim)) place_of(claims, Json::json_pointer(text), data["profile"]) = *claim;
  }
  return text_of(data);
}

std::string scanned_data(const Wait &wait) {
  return text_of(
      {{"type", wait.provider + ".scanned"}, {"status", "scanned"}, {"login", wait.id}, {"number", wait.number}});
}

std::string failed_data(const Wait &wait, std::string_view reason) {
  return text_of({{"type", "login.failed"}, {"status", "failed"}, {"reason", reason}, {"login", wait.id}});
}

std::string expired_data(const Wait &wait) {
  return text_of({{"type", "login.expired"}, {"status", "expired"}, {"login", wait.id}});
}

std::string redeemed(const Wait &wait, const Profile &profile) {
  return text_of(
      {{"login", wait.id}, {"provider", wait.provider}, {"subject", profile.subject}, {"profile", claims_of(profile)}});
}

}  // namespace oauth
