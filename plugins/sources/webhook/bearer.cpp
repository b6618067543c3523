#include "plugins/sources/webhook/bearer.hpp"

#include <algorithm>

#include "plugins/sources/webhook/request_head.hpp"

namespace webhook {
namespace {

constexpr std::string_view kScheme = "bearer";

// Takes as long as `shown` is long, whatever the key is: time tells nothing about how much of it is right.
bool same_secret(std::string_view shown, std::string_view key) {
  volatile unsigned differs = shown.size() == key.size() ? 0u : 1u;  // volatile: no compiler may leave the loop early
  for (size_t i = 0; i < shown.size(); ++i)
    differs = differs | static_cast<unsigned char>(shown[i] ^ key[i % key.size()]);
  return differs == 0;
}

}  // namespace

const char *BearerKeys::refuse(const sbx_request &request, size_t *place) const {
  const Header header = find_header(request, "authorization");
  if (header.count == 0) return "it has no Authorization header";
  if (header.count > 1) return "it has more than one Authorization header";
  std::string_view value = header.value;
  if (value.size() <= kScheme.size() || !same_word(value.substr(0, kScheme.size()), kScheme) ||
      value[kScheme.size()] != ' ')
    return "its Authorization is not of the form Bearer KEY";
  value.remove_prefix(kScheme.size());
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  size_t right = 0;
  for (size_t i = 0; i < keys_.size(); ++i)
    right = same_secret(value, keys_[i]) ? i + 1 : right;  // all of them, always
  if (place) *place = right;
  return right ? nullptr : "its key is none of the configured ones";
}

}  // namespace webhook
