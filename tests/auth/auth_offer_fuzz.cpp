// What a client says of itself: lines of the input are its offer, its cookies, its origin, what it said when it
// connected, and its query.  Whatever they are, nothing of it breaks out of the request that is made of it.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/filters/auth/laravel_request.hpp"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty() && lines.size() < 5) {
    const size_t end = lines.size() == 4 ? text.size() : std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  lines.resize(5);
  return lines;
}

auth::LaravelOptions options() {
  auth::LaravelOptions o;
  o.endpoints = auth::Endpoints(
      {*auth::parse_endpoint("https://shop.example/auth"), *auth::parse_endpoint("https://.tenants.example/auth")});
  o.headers = {"authorization", "x-csrf-token"};
  o.all_cookies = false;
  o.cookies = {"session", "x"};
  return o;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::vector<std::string> lines = lines_of({reinterpret_cast<const char *>(data), size});
  const auth::Offer offer = auth::read_offer(lines[0]);
  const std::string_view cookie = "cookie", origin = "origin", authorization = "authorization";
  const sbx_attr headers[] = {{sbx::raw(cookie), sbx::raw(lines[1])},
                              {sbx::raw(origin), sbx::raw(lines[2])},
                              {sbx::raw(authorization), sbx::raw(lines[1])}};
  const sbx_visitor visitor{sizeof(sbx_visitor), 0, {}, {}, sbx::raw(lines[3]), sbx::raw(lines[4]), headers, 3};
  const std::string token = auth::token_of(offer, &visitor, {true, true, true, true, true, "session"});
  static const auth::LaravelOptions kOptions = options();
  const auth::LaravelRequest request = auth::make_request(kOptions, {lines[4], offer, token, &visitor});
  for (const char c : request.body) check(c > ' ' && c < 0x7f && c != '&');
  check(request.url.starts_with("https://shop.example/auth") || request.url.ends_with(".tenants.example/auth"));
  for (const char c : request.url) check(c > ' ' && c < 0x7f && c != '@');
  size_t bytes = 0;
  for (const auth::Header &h : request.headers) {
    check(auth::is_token(h.name) && auth::fits_a_header(h.value));
    bytes += h.name.size() + h.value.size();
  }
  check(bytes < 32768 && request.key().size() == 32);
  return 0;
}
