#include "plugins/shared/jose/strict_json_impl.hpp"
#include "plugins/sources/oauth/provider_table_impl.hpp"

namespace oauth {
namespace {

using Json = nlohmann::json;

constexpr size_t kDiscoveryBytesMax = 256 * 1024;

constexpr const char kTable[] =
#include "providers.json.inc"
    ;

const Json &table() {
  static const Json parsed = Json::parse(kTable);
  return parsed;
}

// What a server is able to do, in the order in which we would have it.
const char *client_auth_of(const Json &document) {
  const auto methods = document.find("token_endpoint_auth_methods_supported");
  // Without a word about it the standard's default is basic (RFC 8414 section 2).
  if (methods == document.end() || !methods->is_array()) return "basic";
  for (const auto &[theirs, ours] : {std::pair{"client_secret_basic", "basic"}, {"client_secret_post", "post"}})
    for (const Json &method : *methods)
      if (method == theirs) return ours;
  return nullptr;
}

}  // namespace

const Json *preset_settings(std::string_view preset) {
  const auto found = table().find(preset);
  return found == table().end() ? nullptr : &*found;
}

std::string preset_names() {
  std::string names;
  for (const auto &[name, settings] : table().items()) names += (names.empty() ? "" : ", ") + name;
  return names;
}

std::optional<Json> discovered_settings(std::string_view document) {
  const auto read = jose::parse_strictly(document, kDiscoveryBytesMax);
  if (!read || !read->is_object() || !read->contains("issuer")) return std::nullopt;
  Json settings = Json::object();
  for (const auto &[theirs, ours] : {std::pair{"issuer", "issuer"},
                                     {"authorization_endpoint", "authorize_url"},
                                     {"token_endpoint", "token_url"},
                                     {"userinfo_endpoint", "userinfo_url"},
                                     {"jwks_uri", "jwks"}})
    if (read->contains(theirs)) settings[ours] = read->at(theirs);
  if (const char *auth = client_auth_of(*read)) settings["client_auth"] = auth;
  const auto sends_iss = read->find("authorization_response_iss_parameter_supported");  // RFC 9207 section 3
  if (sends_iss != read->end() && *sends_iss == Json(true)) settings["iss_required"] = true;
  return settings;
}

}  // namespace oauth
