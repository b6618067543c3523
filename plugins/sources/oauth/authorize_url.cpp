#include "plugins/sources/oauth/authorize_url.hpp"

#include <algorithm>
#include <array>
#include <sbx/web_text.hpp>
#include <set>

#include "plugins/sources/oauth/url_text.hpp"

namespace oauth {
namespace {

constexpr size_t kParamsMax = 64;

std::string joined(const std::vector<std::string> &texts, std::string_view separator) {
  std::string out;
  for (const std::string &text : texts) {
    if (!out.empty()) out += separator;
    out += text;
  }
  return out;
}

struct Param {
  std::string_view logical, name;
  std::string value;  // empty: not sent
};

// In the order in which they are sent when the provider does not mind.
std::array<Param, 9> params_of(const Provider &p, const AuthorizeRequest &r) {
  return {{{"response_type", "response_type", p.response_type},
           {"client_id", p.names.client_id, p.client_id},
           {"redirect_uri", p.names.redirect_uri, r.redirect_uri},
           {"scope", "scope", joined(p.scopes, p.scope_separator)},
           {"state", p.names.state, r.state},
           {"nonce", "nonce", p.openid ? r.nonce : std::string()},
           {"code_challenge", "code_challenge", p.pkce ? r.challenge : std::string()},
           {"code_challenge_method", "code_challenge_method", p.pkce ? "S256" : ""},
           {"response_mode", "response_mode", p.form_post ? "form_post" : ""}}};
}

// RFC 6749 appendix A.11: visible ASCII and blanks; a blank in a code would be somebody's mistake.
bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

bool is_state(std::string_view text) {
  return !text.empty() && text.size() <= kStateBytesMax && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

std::string outcome_of(const Provider &provider, const CallbackParams &params, std::string_view error) {
  const auto &denied = provider.denied_errors;
  if (!error.empty())
    return std::find(denied.begin(), denied.end(), error) == denied.end() ? "provider_error" : "denied";
  return params.code.empty() && provider.missing_code_denies ? "denied" : "";
}

}  // namespace

std::string authorize_url(const Provider &provider, const AuthorizeRequest &request) {
  auto params = params_of(provider, request);
  std::stable_sort(params.begin(), params.end(), [&](const Param &a, const Param &b) {
    const auto &order = provider.param_order;
    return std::find(order.begin(), order.end(), a.logical) < std::find(order.begin(), order.end(), b.logical);
  });
  std::string query;
  for (const Param &param : params)
    if (!param.value.empty()) append_param(query, param.name, param.value);
  for (const auto &[name, value] : provider.authorize_params) append_param(query, name, value);
  if (!provider.hosted_domain.empty()) append_param(query, "hd", provider.hosted_domain);
  std::string url = with_query(provider.authorize_url, query);
  if (!provider.authorize_fragment.empty()) url += '#' + provider.authorize_fragment;
  return url;
}

CallbackParams read_callback(const Provider &provider, std::string_view query_or_form) {
  CallbackParams params;
  std::string error;
  if (query_or_form.size() > kCallbackBytesMax) {
    params.malformed = true;
    return params;
  }
  std::set<std::string> seen;
  while (!query_or_form.empty()) {
    const sbx::Field field = sbx::take_field(query_or_form);
    const auto name = sbx::decode_field_strictly(field.name), value = sbx::decode_field_strictly(field.value);
    if (!name || !value || seen.size() == kParamsMax) {
      params.malformed = true;
      return params;
    }
    if (!name->empty() && !seen.insert(*name).second) params.repeated = true;
    if (*name == provider.names.code) params.code = *value;
    if (*name == provider.names.state) params.state = *value;
    if (*name == "iss") params.iss = *value;
    if (*name == "error") error = *value;
  }
  params.error = outcome_of(provider, params, error);
  // A code beside an error is nobody's answer, and the error is believed.
  if (!params.error.empty()) params.code.clear();
  params.malformed = !is_state(params.state) || (params.code.empty() && params.error.empty()) ||
                     params.code.size() > kCodeBytesMax || !is_visible(params.code) || !is_visible(params.iss);
  return params;
}

bool issuer_fits(const Provider &provider, const CallbackParams &params) {
  if (params.iss.empty()) return !provider.iss_required;
  return provider.issuer.empty() || params.iss == provider.issuer;
}

}  // namespace oauth
