// An entry of `providers:` read: the preset, then what was discovered, then the operator's own settings, each laid over
// the one before.
#include "plugins/sources/oauth/provider.hpp"

#include "plugins/shared/jose/strict_json_impl.hpp"
#include "plugins/sources/oauth/provider_checks_impl.hpp"
#include "plugins/sources/oauth/provider_table_impl.hpp"
#include "plugins/sources/oauth/settings_impl.hpp"

namespace oauth {
namespace {

using Json = nlohmann::json;

constexpr size_t kEntryBytesMax = 64 * 1024;

void lay_over(Json &below, const Json &above) {
  for (const auto &[name, value] : above.items()) below[name] = value;
}

// What the discovery document that the entry names says; an empty object without one.
std::optional<Json> discovered(const Json &entry, const ReadFile &read_file, const Complain &complain) {
  const auto path = entry.find("discovery");
  if (path == entry.end()) return Json::object();
  const auto document = path->is_string() && read_file ? read_file(path->get<std::string>()) : std::nullopt;
  if (!document) {
    complain("/discovery", "this file cannot be read: name the file that holds the provider's discovery document");
    return std::nullopt;
  }
  auto settings = discovered_settings(*document);
  if (!settings) complain("/discovery", "this file holds no discovery document: one JSON object with an issuer");
  const auto issuer = entry.find("issuer");
  if (settings && issuer != entry.end() && *issuer != settings->at("issuer")) {
    complain("/issuer", "the discovery document names another issuer: leave this out or take the right document");
    return std::nullopt;
  }
  return settings;
}

std::optional<Json> whole_entry(const Json &entry, const ReadFile &read_file, const Complain &complain) {
  const auto preset = entry.find("preset");
  const Json *base =
      preset != entry.end() && preset->is_string() ? preset_settings(preset->get<std::string>()) : nullptr;
  if (!base) {
    complain("/preset", "there is no preset of this name: write one of " + preset_names());
    return std::nullopt;
  }
  const auto found = discovered(entry, read_file, complain);
  if (!found) return std::nullopt;
  Json whole = *base;
  lay_over(whole, *found);
  // A discovered userinfo endpoint is only asked when the operator wants it: the ID token says who it is.
  if (found->contains("userinfo_url") && entry.value("userinfo", Json(false)) != Json(true))
    whole.erase("userinfo_url");
  lay_over(whole, entry);
  return whole;
}

void read_endpoints(Settings &from, Provider &to) {
  from.read("client_id", to.client_id);
  from.read("client_secret", to.client_secret);
  from.read("authorize_url", to.authorize_url);
  from.read("fragment", to.authorize_fragment);
  from.read("token_url", to.token_url);
  from.read("userinfo_url", to.userinfo_url);
  from.read("issuer", to.issuer);
  from.read("iss_required", to.iss_required);
  from.read("ca", to.ca);
  to.token_get = from.read_word("token_method", {"POST", "GET"}, 0) == 1;
  to.client_auth = static_cast<ClientAuth>(
      from.read_word("client_auth", {"post", "basic", "basic_raw", "query", "none"}, size_t{0}));
  from.read_names("param_names", {{"client_id", &to.names.client_id},
                                  {"client_secret", &to.names.client_secret},
                                  {"code", &to.names.code},
                                  {"state", &to.names.state},
                                  {"redirect_uri", &to.names.redirect_uri}});
}

void read_requests(Settings &from, Provider &to) {
  from.read("scene", to.scene);
  from.read("pkce", to.pkce);
  from.read("openid", to.openid);
  from.read("scopes", to.scopes, true);
  from.read("scope_separator", to.scope_separator);
  from.read("param_order", to.param_order);
  from.read("response_type", to.response_type);
  to.form_post = from.read_word("response_mode", {"query", "form_post"}, 0) == 1;
  from.read("send_redirect_uri", to.send_redirect_uri);
  from.read("extra_params", to.authorize_params);
  from.read("token_params", to.token_params);
  from.read("userinfo_params", to.userinfo_params);
  to.userinfo_header = from.read_word("userinfo_auth", {"header", "query"}, 0) == 0;
  from.read("denied_errors", to.denied_errors);
  from.read("missing_code_denies", to.missing_code_denies);
}

void read_answers(Settings &from, Provider &to) {
  from.read("subject", to.subject, true);
  from.read("token_claims", to.token_claims);
  from.read("algorithms", to.algorithms, true);
  from.read("hosted_domain", to.hosted_domain);
  from.read_seconds("leeway", to.leeway_s);
  from.read("token", to.scene_secrets.token);
  from.read("appid", to.scene_secrets.appid);
  from.read("encoding_aes_key", to.scene_secrets.encoding_aes_key);
  from.read("site", to.scene_secrets.site);
}

}  // namespace

std::optional<Provider> read_provider(std::string_view name, std::string_view config_json, const ReadFile &read_file,
                                      const Complain &complain) {
  const auto entry = jose::parse_strictly(config_json, kEntryBytesMax);
  if (!entry || !entry->is_object()) {
    complain("", "a provider is a map of settings that begins with preset:");
    return std::nullopt;
  }
  const auto whole = whole_entry(*entry, read_file, complain);
  if (!whole) return std::nullopt;

  Provider provider;
  provider.name = name;
  Settings settings(*whole, complain);
  settings.read("preset", provider.preset);
  std::string discovery;
  bool userinfo = false;  // both were looked at above
  settings.read("discovery", discovery);
  settings.read("userinfo", userinfo);
  read_endpoints(settings, provider);
  read_requests(settings, provider);
  read_answers(settings, provider);
  check_provider(settings, provider, read_file);
  settings.finish();
  if (!settings.good()) return std::nullopt;
  return provider;
}

}  // namespace oauth
