#include "plugins/filters/auth/credentials.hpp"

#include <algorithm>
#include <sbx/json_scan.hpp>

namespace auth {
namespace {

using sbx::json::Kind;
using sbx::json::Reader;

constexpr int kDepthMax = 8;        // an object, its headers, and room for what is passed over
constexpr size_t kHeadersMax = 64;  // that a client may name; more are not looked at

std::string text_of(std::string_view raw_string) {
  std::string out;
  sbx::json::append_decoded(out, raw_string);
  return out;
}

void read_headers(Reader &r, std::vector<Header> &headers) {
  r.enter();
  for (std::string_view key; r.member(key);) {
    const bool text = r.kind() == Kind::kString;
    const std::string_view value = r.skip();
    if (text && !value.empty() && headers.size() < kHeadersMax) headers.push_back({text_of(key), text_of(value)});
  }
}

// Of two members with the same name the first one counts.
void read_object(Reader &r, Offer &offer) {
  bool token_seen = false, headers_seen = false;
  r.enter();
  for (std::string_view key; r.member(key);) {
    const Kind kind = r.kind();
    if (kind == Kind::kObject && !headers_seen && sbx::json::equals(key, "headers")) {
      headers_seen = true;
      read_headers(r, offer.headers);
      continue;
    }
    const bool token = kind == Kind::kString && !token_seen && sbx::json::equals(key, "token");
    const std::string_view value = r.skip();
    if (!token || value.empty()) continue;
    token_seen = true;
    offer.token = text_of(value);
  }
}

}  // namespace

std::string_view Offer::header(std::string_view name) const {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [&](const Header &h) { return same_name(h.name, name); });
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

Offer read_offer(std::string_view auth_json) {
  Offer offer;
  if (auth_json.empty() || auth_json.size() > SBX_AUTH_MAX) return offer;
  Reader r(auth_json, kDepthMax);
  switch (r.kind()) {
    case Kind::kString:
      if (const std::string_view raw = r.skip(); !raw.empty()) offer.token = text_of(raw);
      break;
    case Kind::kObject:
      read_object(r, offer);
      break;
    default:
      return offer;
  }
  return r.finish() ? offer : Offer();
}

std::string token_of(const Offer &subscribe, const sbx_visitor *visitor, const Places &places) {
  if (places.subscribe) {
    if (!subscribe.token.empty()) return subscribe.token;
    if (const auto bearer = bearer_of(subscribe.header("authorization")); !bearer.empty()) return std::string(bearer);
  }
  if (!visitor) return {};
  if (places.connect)
    if (Offer offered = read_offer(sbx::view(visitor->auth)); !offered.token.empty()) return offered.token;
  if (places.bearer)
    if (const auto bearer = bearer_of(header_of(visitor, "authorization")); !bearer.empty()) return std::string(bearer);
  if (places.cookie) {
    const std::string cookies = cookies_of(visitor);
    if (const auto value = cookie_value(cookies, places.cookie_name); !value.empty()) return std::string(value);
  }
  return places.query ? std::string(sbx::view(visitor->token)) : std::string();
}

}  // namespace auth
