#include "plugins/filters/auth/jwt_options.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "plugins/filters/auth/token_keys.hpp"

namespace auth {
namespace {

using Json = nlohmann::json;

constexpr int64_t kLeewayMs = 30'000, kLeewayMaxMs = 600'000;
// Of a key server that has nothing: clients ask as often as they like, the server is asked this often.
constexpr int64_t kRetryNs = 5 * sbx::kSecondNs;

// The object below `jwt:`, and where complaints about it go.
struct Source {
  sbx::Host host;
  const Json &json;
  std::string where;
  bool good = true;

  void problem(const std::string &below, std::string_view what) {
    host.problem(where + below, what);
    good = false;
  }
  Json at(const char *name) const { return json.value(name, Json()); }
};

std::vector<std::string> texts_of(const Json &value) {
  if (value.is_string()) return {value.get<std::string>()};
  return value.is_array() ? value.get<std::vector<std::string>>() : std::vector<std::string>();
}

bool is_hmac(jose::Algorithm algorithm) { return jose::key_type_of(algorithm) == jose::KeyType::kSecret; }

void read_algorithms(Source &from, JwtOptions &to) {
  const auto names = texts_of(from.at("algorithms"));
  if (names.empty()) return from.problem("/algorithms", "name what tokens are signed with, as [ES256] or [HS256]");
  for (size_t i = 0; i < names.size(); ++i) {
    const auto algorithm = jose::algorithm_of(names[i]);
    if (algorithm)
      to.rules.algorithms.push_back(*algorithm);
    else
      from.problem("/algorithms/" + std::to_string(i),
                   names[i] == "none" ? "an unsigned token proves nothing: leave none out"
                                      : "this algorithm is not known: write HS256, HS384, HS512, RS256, RS384, RS512, "
                                        "PS256, ES256, ES384, ES512 or EdDSA");
  }
  const auto &read = to.rules.algorithms;
  const auto hmacs = std::count_if(read.begin(), read.end(), is_hmac);
  if (hmacs != 0 && static_cast<size_t>(hmacs) != read.size())
    from.problem("/algorithms", "a shared secret (HS…) and public keys do not go into one rule: write two rules");
}

bool uses_hmac(const JwtOptions &options) {
  return !options.rules.algorithms.empty() && is_hmac(options.rules.algorithms[0]);
}

void read_secret_option(Source &from, const Json &secret, JwtOptions &to) {
  to.keys.read = &read_secret;
  if (!to.rules.algorithms.empty() && !uses_hmac(to))
    return from.problem("/keys/secret", "a secret is for HS256, HS384 and HS512, and algorithms has none of them");
  std::string fault;
  if (secret.is_string())
    to.keys.keys = read_secret(secret.get_ref<const std::string &>());
  else
    fault = load_key_file(from.host, secret.is_object() ? secret.value("file", "") : std::string(), to.keys);
  if (!fault.empty()) fault += ": ";
  if (!to.keys.keys) from.problem("/keys/secret", fault + "a secret has 32 to 1024 bytes and is no public key");
}

void read_inline_keys(Source &from, const Json &keys, JwtOptions &to) {
  constexpr std::string_view kWanted = "write a JWK or JWK Set, or a public key in PEM";
  if (keys.is_object() && keys.contains("secret")) return read_secret_option(from, keys["secret"], to);
  to.keys.read = &read_public_keys;
  std::string fault;
  if (keys.is_string())
    to.keys.keys = read_public_keys(keys.get_ref<const std::string &>());
  else
    fault = load_key_file(from.host, keys.is_object() ? keys.value("file", "") : std::string(), to.keys);
  if (!fault.empty()) fault += ": ";
  if (!to.keys.keys) from.problem("/keys", fault + std::string(kWanted));
}

void read_jwks(Source &from, const Json &jwks, JwtOptions &to) {
  const std::string place = jwks.is_object() ? jwks.value("file", "") : jwks.is_string() ? jwks.get<std::string>() : "";
  if (place.find("://") == std::string::npos) {
    const std::string_view fault = load_key_file(from.host, place, to.keys);
    if (!fault.empty()) from.problem("/jwks", std::string(fault) + ": name the file or the https URL of a JWK Set");
    return;
  }
  if (const std::string_view fault = jose::fault_of_key_url(place); !fault.empty()) from.problem("/jwks", fault);
  if (uses_hmac(to))
    from.problem("/jwks", "a shared secret (HS…) is not fetched from a URL: write keys: { secret: … }");
  to.keys.url = place;
  to.keys.ca = from.json.value("ca", "");
  to.keys.retry_ns = kRetryNs;
}

// What is known now must be good for something; what is fetched cannot be judged yet.
void check_keys(Source &from, const JwtOptions &to) {
  if (!from.good || !to.keys.keys) return;
  for (size_t i = 0; i < to.rules.algorithms.size(); ++i)
    if (to.keys.keys->candidates(to.rules.algorithms[i], {}).empty())
      from.problem("/algorithms/" + std::to_string(i), "none of the rule's keys is for " +
                                                           std::string(jose::name_of(to.rules.algorithms[i])) +
                                                           " (a secret for HS384 has 48 bytes, for HS512 64)");
}

void read_keys(Source &from, JwtOptions &to) {
  to.keys.name = "the jwt rule at " + from.where;
  const Json keys = from.at("keys"), jwks = from.at("jwks");
  if (keys.is_null() == jwks.is_null())
    return from.problem("", "a jwt rule has either keys or jwks: the keys themselves, or where they are had from");
  if (!keys.is_null())
    read_inline_keys(from, keys, to);
  else
    read_jwks(from, jwks, to);
  if (to.keys.url.empty() && from.json.contains("ca")) from.problem("/ca", "ca is for a URL in jwks: leave it out");
  check_keys(from, to);
}

void read_expected(Source &from, JwtOptions &to) {
  to.rules.type = from.json.value("type", "");
  to.expected.issuers = texts_of(from.at("issuer"));
  to.expected.audiences = texts_of(from.at("audience"));
  if (to.expected.audiences.empty())
    from.problem("/audience", "name the audience that tokens must be for, or write audience: any");
  else if (from.at("audience") == Json("any"))
    to.expected.audiences.clear();
  to.expected.expiry_required = from.json.value("expiry_required", true);
  const int64_t leeway_ms = from.json.value("leeway", kLeewayMs);
  if (leeway_ms < 0 || leeway_ms > kLeewayMaxMs) from.problem("/leeway", "leeway is between 0s and 10m");
  to.expected.leeway_s = leeway_ms / 1000;
  const auto empty = [](const std::string &text) { return text.empty(); };
  for (const auto &[name, texts] : {std::pair("/issuer", &to.expected.issuers), {"/audience", &to.expected.audiences}})
    if (std::any_of(texts->begin(), texts->end(), empty))
      from.problem(name, "this must not be empty: if it comes from a variable, see that it is set");
}

void read_places(Source &from, JwtOptions &to) {
  to.places.user = from.json.value("user_claim", "sub");
  to.places.info = from.json.value("info_claim", "");
  to.places.channels = from.json.value("channels_claim", "");
  for (const char *name : {"user_claim", "info_claim", "channels_claim"})
    if (from.json.contains(name) && !is_claim_place(from.json.value(name, "")))
      from.problem("/" + std::string(name),
                   "name a claim, as channels, or write a JSON pointer to it, as /app/channels");
}

}  // namespace

std::optional<JwtOptions> read_jwt_options(sbx::Host host, std::string_view options_json, std::string_view pointer) {
  const Json json = Json::parse(options_json, nullptr, false);
  if (!json.is_object()) {
    host.problem(pointer, "a jwt rule has settings: keys or jwks, algorithms and audience at least");
    return std::nullopt;
  }
  Source from{host, json, std::string(pointer)};
  JwtOptions options;
  read_algorithms(from, options);
  read_keys(from, options);
  read_expected(from, options);
  read_places(from, options);
  return from.good ? std::optional(std::move(options)) : std::nullopt;
}

}  // namespace auth
