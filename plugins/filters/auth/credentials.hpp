// Credentials: what a client offers for being admitted, in the subscribe message, when it connected, or in the headers
// and the query of its handshake, and which of these places count.  Nothing of it is ever logged.  Pure, any thread.
#pragma once
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/filters/auth/header_text.hpp"

namespace auth {

// Where tokens may come from.
struct Places {
  bool subscribe = true, connect = true, bearer = true, cookie = false, query = false;
  std::string cookie_name = {};
};

// `auth` of a subscribe or connect message: a JSON string is the token; of an object `token`, and the map `headers` of
// laravel-echo.  Anything else offers nothing.
struct Offer {
  std::string token = {};
  std::vector<Header> headers = {};  // as the client wrote them, texts only

  // In any case; empty = none.
  std::string_view header(std::string_view name) const;
};
Offer read_offer(std::string_view auth_json);

// The first that there is, in this order: subscribe, connect, bearer, cookie, query.  Empty = none.
std::string token_of(const Offer &subscribe, const sbx_visitor *visitor, const Places &places);

}  // namespace auth
