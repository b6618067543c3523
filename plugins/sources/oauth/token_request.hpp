// The requests of the back channel as they are sent: code for token (RFC 6749 section 4.1.3) and userinfo.  Their URLs,
// headers and bodies hold secrets and are never logged.  Pure, any thread.
#pragma once
#include <string>
#include <string_view>

#include "plugins/sources/oauth/provider.hpp"

namespace oauth {

struct BackRequest {
  std::string method = "GET", url, body;
  Params headers;
};

struct CodeGrant {
  std::string_view code, verifier, redirect_uri;
};
BackRequest token_request(const Provider &provider, const CodeGrant &grant);

// `params` are provider.userinfo_params with what they take from the token answer put in.
BackRequest userinfo_request(const Provider &provider, std::string_view access_token, const Params &params);

}  // namespace oauth
