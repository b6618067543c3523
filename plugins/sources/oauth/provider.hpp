// Provider: everything that is known of one entry of `providers:`, its preset (providers.json) and the operator's own
// settings put together.  Made while the configuration is judged and never changed afterwards; whoever is given a
// `const Provider &` may keep it as long as the plugin's instance lives.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/shared/jose_keys/key_source.hpp"

namespace oauth {

using Params = std::vector<std::pair<std::string, std::string>>;

// How the client says who it is at the token endpoint (RFC 6749 section 2.3.1).
enum class ClientAuth {
  kPost,      // client_id and client_secret in the form
  kBasic,     // header, both form-urlencoded first, as the RFC says
  kBasicRaw,  // header, as they are: for servers that do not decode
  kQuery,     // in the URL (WeChat)
  kNone       // a public client: client_id alone
};

// The names under which a provider knows the usual parameters.
struct ParamNames {
  std::string client_id = "client_id", client_secret = "client_secret", code = "code", state = "state",
              redirect_uri = "redirect_uri";
};

// What must be true of an answer: the value at `pointer` is absent (where that is allowed) or this JSON value.
struct Condition {
  std::string pointer;
  bool absent = false;               // may be absent
  std::optional<std::string> value;  // JSON text
};

// What SCENE needs of a `scene: true` provider; empty for all others.
struct SceneSecrets {
  std::string token, appid, encoding_aes_key, site;
};

struct Provider {
  std::string name, preset;
  bool scene = false;      // logins come by a push to us, nothing is opened in a browser (SceneSecrets)
  bool form_post = false;  // response_mode=form_post: the callback is a cross-site POST
  bool pkce = true;        // S256; without it verifier and challenge stay unused
  bool openid = false;     // an ID token is required and checked

  std::string client_id, client_secret;
  std::string authorize_url, authorize_fragment;  // without query and fragment; fragment without '#'
  std::string token_url, userinfo_url;            // userinfo_url empty: the token answer or ID token is all there is
  std::string issuer;                             // empty: not known
  bool iss_required = false;                      // RFC 9207: the callback must carry `iss`
  bool token_get = false;                         // the code is exchanged by GET
  bool send_redirect_uri = true;                  // in the exchange too (RFC 6749 section 4.1.3)
  ClientAuth client_auth = ClientAuth::kPost;
  ParamNames names;
  std::string response_type = "code";
  std::vector<std::string> scopes;
  std::string scope_separator = " ";
  std::vector<std::string> param_order;  // logical names, first in the authorize URL; the others follow
  Params authorize_params, token_params,
      userinfo_params;          // extra ones; those of userinfo may hold {/pointer}, of the token answer
  bool userinfo_header = true;  // bearer in a header (RFC 6750 section 2.1)

  std::vector<std::string> subject;       // alternatives: a JSON pointer, or text with {client_id} and {/pointer}
  std::vector<std::string> token_claims;  // names in the token answer that belong to the profile
  std::vector<Condition> success_when;    // of every JSON answer

  std::vector<std::string> denied_errors;  // values of `error` that mean that the user said no
  bool missing_code_denies = false;        // state without code is a refusal (WeChat)

  std::vector<std::string> algorithms;  // of the ID token
  std::string hosted_domain;            // Google's `hd`, checked again in the ID token
  int64_t leeway_s = 60;
  jose::KeySource keys;  // that ID tokens are signed with
  std::string ca;        // PEM file for the provider's servers; empty = the system's

  SceneSecrets scene_secrets;
};

using ReadFile = std::function<std::optional<std::string>(std::string_view path)>;
// A problem, by JSON pointer below /providers/NAME ("/client_secret").
using Complain = std::function<void(std::string_view pointer, std::string_view text)>;

// Reads the JSON object of one entry of `providers:`.  Nothing after at least one complaint.
std::optional<Provider> read_provider(std::string_view name, std::string_view config_json, const ReadFile &read_file,
                                      const Complain &complain);

}  // namespace oauth
