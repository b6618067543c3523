#include <algorithm>
#include <array>

#include "plugins/shared/jose/algorithm.hpp"
#include "plugins/shared/jose/key_set.hpp"
#include "plugins/sources/oauth/condition.hpp"
#include "plugins/sources/oauth/provider_checks_impl.hpp"
#include "plugins/sources/oauth/url_text.hpp"

namespace oauth {
namespace {

void want_url(Settings &from, std::string_view pointer, const std::string &url, bool required) {
  if (url.empty()) {
    if (required) from.complain(pointer, "this preset wants a URL here");
  } else if (const std::string_view fault = fault_of_url(url); !fault.empty()) {
    from.complain(pointer, fault);
  }
}

void want_text(Settings &from, std::string_view pointer, const std::string &text) {
  if (text.empty()) from.complain(pointer, "this must not be empty: if it comes from a variable, see that it is set");
}

void check_conditions(Settings &from, Provider &to) {
  std::vector<std::string> texts;
  from.read("success_when", texts, true);
  for (size_t i = 0; i < texts.size(); ++i) {
    if (auto condition = read_condition(texts[i])) {
      to.success_when.push_back(std::move(*condition));
    } else {
      from.complain("/success_when/" + std::to_string(i),
                    "write \"json:/POINTER absent\", \"json:/POINTER absent or VALUE\" or \"json:/POINTER is VALUE\"");
    }
  }
  if (to.subject.empty()) from.complain("/subject", "name the value that tells users apart, \"/sub\" for one");
  for (size_t i = 0; i < to.subject.size(); ++i)
    if (!is_subject(to.subject[i]))
      from.complain("/subject/" + std::to_string(i),
                    "write a JSON pointer, or text with {client_id} and {/POINTER} in it");
}

// RFC 8725 sections 3.1 and 3.2: an ID token is signed with a private key that the provider alone has.
void check_algorithms(Settings &from, const Provider &to) {
  if (to.openid && to.algorithms.empty()) from.complain("/algorithms", "name at least one, \"RS256\" for one");
  for (size_t i = 0; i < to.algorithms.size(); ++i) {
    const std::string pointer = "/algorithms/" + std::to_string(i);
    const auto algorithm = jose::algorithm_of(to.algorithms[i]);
    if (!algorithm) {
      from.complain(pointer, to.algorithms[i] == "none" ? "unsigned ID tokens prove nothing: leave \"none\" out"
                                                        : "this algorithm is not known here: write RS256 or ES256");
    } else if (jose::key_type_of(*algorithm) == jose::KeyType::kSecret) {
      from.complain(pointer, "ID tokens are checked with the provider's public keys: leave the HS algorithms out");
    }
  }
}

void read_keys(Settings &from, Provider &to, const ReadFile &read_file) {
  std::string jwks;
  from.read("jwks", jwks);
  to.keys.name = "provider " + to.name;
  to.keys.ca = to.ca;
  if (jwks.empty()) {
    if (to.openid) from.complain("/jwks", "name the file or the URL of the provider's keys (its jwks_uri)");
    return;
  }
  if (jwks.find("://") != std::string::npos) {
    want_url(from, "/jwks", jwks, true);
    to.keys.url = jwks;
    return;
  }
  to.keys.file = jwks;
  const auto text = read_file ? read_file(jwks) : std::nullopt;
  if (!text) return from.complain("/jwks", "this file cannot be read: name the file that holds the provider's keys");
  to.keys.keys = jose::KeySet::read(*text);
  if (!to.keys.keys) from.complain("/jwks", "this file holds no key that could be used: a JWK Set is wanted");
}

void check_openid(Settings &from, Provider &to, const ReadFile &read_file) {
  read_keys(from, to, read_file);
  check_algorithms(from, to);
  if (to.openid) {
    want_text(from, "/issuer", to.issuer);
    if (std::find(to.scopes.begin(), to.scopes.end(), "openid") == to.scopes.end())
      from.complain("/scopes", "without the scope openid there is no ID token: add it");
  } else if (to.userinfo_url.empty() && to.token_claims.empty()) {
    from.complain("/userinfo_url", "nothing would tell who has logged in: name the URL that does");
  }
  if (!to.openid && !to.hosted_domain.empty())
    from.complain("/hosted_domain", "this is checked in an ID token, which this provider does not send");
  if (to.iss_required) want_text(from, "/issuer", to.issuer);
}

// Logical names of the parameters of the authorize URL.
constexpr std::array<std::string_view, 9> kParams = {
    "response_type", "client_id",      "redirect_uri",          "scope",        "state",
    "nonce",         "code_challenge", "code_challenge_method", "response_mode"};

void check_redirect(Settings &from, Provider &to, const ReadFile &read_file) {
  want_text(from, "/client_id", to.client_id);
  if (to.client_auth == ClientAuth::kNone) {
    if (!to.client_secret.empty()) from.complain("/client_secret", "client_auth: none does not use it: leave it out");
    if (!to.pkce) from.complain("/pkce", "a client without a secret needs it (RFC 9700 section 2.1.1)");
  } else {
    want_text(from, "/client_secret", to.client_secret);
  }
  for (const auto &[name, value] : to.userinfo_params)
    if (!is_template(value))
      from.complain("/userinfo_params/" + name,
                    "only {client_id} and {/POINTER} into the token's answer are filled in");
  if (to.response_type != "code")
    from.complain("/response_type", "only the authorization code flow is done here: leave this out");
  want_url(from, "/authorize_url", to.authorize_url, true);
  want_url(from, "/token_url", to.token_url, true);
  want_url(from, "/userinfo_url", to.userinfo_url, false);
  for (size_t i = 0; i < to.param_order.size(); ++i)
    if (std::find(kParams.begin(), kParams.end(), to.param_order[i]) == kParams.end())
      from.complain("/param_order/" + std::to_string(i), "there is no parameter of this name");
  check_openid(from, to, read_file);
  if (to.denied_errors.empty()) to.denied_errors = {"access_denied"};
}

// The account's own settings (WeChat's message encryption): EncodingAESKey is 43 characters of base64 for 32 bytes.
void check_scene(Settings &from, const Provider &to) {
  constexpr size_t kAesKeyChars = 43;
  want_text(from, "/token", to.scene_secrets.token);
  want_text(from, "/appid", to.scene_secrets.appid);
  if (to.scene_secrets.encoding_aes_key.size() != kAesKeyChars)
    from.complain("/encoding_aes_key", "this is the EncodingAESKey of 43 characters from the account's settings");
}

}  // namespace

void check_provider(Settings &from, Provider &to, const ReadFile &read_file) {
  if (to.scene) return check_scene(from, to);
  check_conditions(from, to);
  check_redirect(from, to, read_file);
}

}  // namespace oauth
