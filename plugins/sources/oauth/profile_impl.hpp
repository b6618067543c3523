// Who has logged in, put together from what the provider said.  No token gets into it.  Pure, any thread.  Inside this
// folder only, because of nlohmann.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>

#include "plugins/sources/oauth/exchange.hpp"
#include "plugins/sources/oauth/provider.hpp"

namespace oauth {

inline constexpr size_t kSubjectBytesMax = 512;

// Of the token answer or the ID token: what belongs to the profile.
nlohmann::json claims_of_token_answer(const Provider &provider, const nlohmann::json &answer);
nlohmann::json claims_of_id_token(nlohmann::json claims);

// Adds what userinfo says.  False: it speaks of somebody else (OpenID Connect Core 1.0 section 5.3.2).
bool add_userinfo(const Provider &provider, const nlohmann::json &userinfo, nlohmann::json &claims);

// Nothing, when no subject can be made of the claims.
std::optional<Profile> profile_of(const Provider &provider, const nlohmann::json &claims);

}  // namespace oauth
