#include "plugins/filters/auth/token_claims.hpp"

#include <algorithm>
#include <sbx/sbx.hpp>

#include "plugins/filters/auth/channels_claim_impl.hpp"
#include "plugins/shared/jose/strict_json_impl.hpp"
#include "plugins/shared/jose/token.hpp"

namespace auth {
namespace {

using Json = nlohmann::json;

const Json *at(const Json &claims, const std::string &place) {
  if (place.empty()) return nullptr;
  if (place[0] == '/') {
    const Json::json_pointer pointer(place);
    return claims.contains(pointer) ? &claims.at(pointer) : nullptr;
  }
  const auto found = claims.find(place);
  return found == claims.end() ? nullptr : &*found;
}

// A text of one line, or a whole number.  Not 7.0 and not 1e30: two users could become one.
std::string principal_of(const Json *user) {
  if (!user) return {};
  if (user->is_number_integer()) return user->dump();
  if (!user->is_string()) return {};
  const auto &text = user->get_ref<const std::string &>();
  const bool line = std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
  return line && text.size() <= SBX_PRINCIPAL_MAX ? text : std::string();
}

}  // namespace

bool is_claim_place(std::string_view place) {
  if (place.empty()) return false;
  if (place[0] != '/') return true;
  try {
    return !Json::json_pointer(std::string(place)).empty();
  } catch (const Json::exception &) {
    return false;
  }
}

std::optional<TokenClaims> read_token_claims(std::string_view claims, const ClaimPlaces &places,
                                             std::string_view channel) {
  const auto json = jose::parse_strictly(claims, jose::kTokenBytesMax);
  if (!json || !json->is_object()) return std::nullopt;
  TokenClaims read;
  try {
    const Json *user = at(*json, places.user);
    const Json *info = at(*json, places.info);
    read.principal = principal_of(user);
    if (!read.principal.empty())
      read.member =
          "{\"user_id\":" + user->dump() + ",\"user_info\":" + (info ? info->dump() : std::string("{}")) + "}";
    if (!places.channels.empty()) {
      const Json *listed = at(*json, places.channels);
      read.covers = listed && claim_covers(*listed, channel);
    }
  } catch (const Json::exception &) {
    return std::nullopt;  // a pointer that goes into an array by a name
  }
  const auto expires = json->find("exp");
  if (expires != json->end() && expires->is_number()) read.expires_s = expires->get<double>();
  return read;
}

}  // namespace auth
