#include "plugins/sources/echo_api/clients.hpp"

#include <algorithm>
#include <optional>
#include <sbx/web_text.hpp>

namespace echo_api {
namespace {

constexpr std::string_view kScheme = "bearer ";

// Takes as long as `shown` is long, whatever the key is: time tells nothing about how much of it is right.
bool same_secret(std::string_view shown, std::string_view key) {
  volatile unsigned differs = shown.size() == key.size() ? 0u : 1u;  // volatile: no compiler may leave the loop early
  for (size_t i = 0; i < shown.size(); ++i)
    differs = differs | static_cast<unsigned char>(shown[i] ^ key[i % key.size()]);
  return differs == 0;
}

struct Shown {
  size_t count = 0;
  std::string key;
};

Shown in_query(std::string_view query) {
  Shown shown;
  while (!query.empty()) {
    const sbx::Field field = sbx::take_field(query);
    if (sbx::decode_field(field.name) == "auth_key" && shown.count++ == 0) shown.key = sbx::decode_field(field.value);
  }
  return shown;
}

bool begins_with_scheme(std::string_view value) {
  return value.size() >= kScheme.size() &&
         std::equal(kScheme.begin(), kScheme.end(), value.begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b); });
}

// RFC 6750 section 2.1
Shown in_header(const sbx_request &request) {
  Shown shown;
  for (size_t i = 0; i < request.header_count; ++i) {
    if (sbx::view(request.headers[i].key) != "authorization") continue;
    std::string_view value = sbx::view(request.headers[i].value);
    if (shown.count++ > 0 || !begins_with_scheme(value)) continue;
    value.remove_prefix(kScheme.size());
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    shown.key = value;
  }
  return shown;
}

}  // namespace

const char *Clients::refuse(std::string_view app_id, const sbx_request &request) const {
  Shown shown = in_query(sbx::view(request.query));
  if (shown.count == 0) shown = in_header(request);
  if (shown.count == 0) return "it shows no key";
  if (shown.count > 1) return "it shows more than one key";
  return known(app_id, shown.key) ? nullptr : "its key is none of this app's, or there is no such app";
}

// All of them are compared, always: how long it takes tells nothing about which apps there are.
bool Clients::known(std::string_view app_id, std::string_view shown) const {
  unsigned found = 0;
  for (const Client &client : clients_) {
    const unsigned right_key = same_secret(shown, client.key) ? 1u : 0u;
    const unsigned right_app = client.app_id == app_id ? 1u : 0u;
    found |= right_key & right_app;
  }
  return found != 0;
}

}  // namespace echo_api
