#include "plugins/sources/oauth/token_request.hpp"

#include <sbx/web_text.hpp>

#include "plugins/sources/oauth/url_text.hpp"

namespace oauth {
namespace {

// GitHub wants a User-Agent of every request, and answers in form encoding unless JSON is asked for.
Params usual_headers() { return {{"accept", "application/json"}, {"user-agent", "signalbox"}}; }

// RFC 6749 section 2.3.1: both are form-urlencoded before they become a user name and a password.
std::string basic(const Provider &provider) {
  const bool raw = provider.client_auth == ClientAuth::kBasicRaw;
  const auto part = [&](const std::string &text) { return raw ? text : percent_encoded(text); };
  std::string value = "Basic ";
  sbx::append_base64(value, part(provider.client_id) + ':' + part(provider.client_secret));
  return value;
}

}  // namespace

BackRequest token_request(const Provider &provider, const CodeGrant &grant) {
  const ClientAuth auth = provider.client_auth;
  const bool in_header = auth == ClientAuth::kBasic || auth == ClientAuth::kBasicRaw;
  const auto &names = provider.names;
  std::string client, form;
  if (!in_header) append_param(client, names.client_id, provider.client_id);
  if (auth == ClientAuth::kPost || auth == ClientAuth::kQuery)
    append_param(client, names.client_secret, provider.client_secret);

  append_param(form, names.code, grant.code);
  append_param(form, "grant_type", "authorization_code");
  if (provider.send_redirect_uri) append_param(form, names.redirect_uri, grant.redirect_uri);
  if (provider.pkce) append_param(form, "code_verifier", grant.verifier);
  for (const auto &[name, value] : provider.token_params) append_param(form, name, value);

  BackRequest request;
  request.headers = usual_headers();
  if (in_header) request.headers.emplace_back("authorization", basic(provider));
  const std::string all = client.empty() ? form : client + '&' + form;
  if (provider.token_get) {
    request.url = with_query(provider.token_url, all);
    return request;
  }
  request.method = "POST";
  request.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
  request.url = with_query(provider.token_url, auth == ClientAuth::kQuery ? client : std::string());
  request.body = auth == ClientAuth::kQuery ? form : all;
  return request;
}

BackRequest userinfo_request(const Provider &provider, std::string_view access_token, const Params &params) {
  BackRequest request;
  request.headers = usual_headers();
  std::string query;
  bool named = false;
  for (const auto &[name, value] : params) {
    append_param(query, name, value);
    named = named || name == "access_token";
  }
  if (provider.userinfo_header)
    request.headers.emplace_back("authorization", "Bearer " + std::string(access_token));
  else if (!named)
    append_param(query, "access_token", access_token);
  request.url = with_query(provider.userinfo_url, query);
  return request;
}

}  // namespace oauth
