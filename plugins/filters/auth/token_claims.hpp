// What the claims of a verified token say about who it is and what he may hear.  Pure, any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace auth {

// Where things stand in the claims: the name of a member, or a JSON pointer (it begins with /).
struct ClaimPlaces {
  std::string user = "sub";
  std::string info = {};      // empty: the other members see nothing but the user's id
  std::string channels = {};  // empty: the rule's own patterns decide
};
// Is it a name, or a pointer as RFC 6901 has it?
bool is_claim_place(std::string_view place);

struct TokenClaims {
  std::string principal = {};  // empty: the token names nobody that could be told apart from others
  std::string member = {};     // {"user_id":…,"user_info":…}; empty without principal
  bool covers = true;          // the channel
  double expires_s = 0;        // `exp`, 0 = none
};

// Nothing when it is no JSON object, nested too deep, too long, or has a name twice.
std::optional<TokenClaims> read_token_claims(std::string_view claims, const ClaimPlaces &places,
                                             std::string_view channel);

}  // namespace auth
