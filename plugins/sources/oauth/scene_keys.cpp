#include "plugins/sources/oauth/scene_keys.hpp"

#include <algorithm>
#include <cstdint>

#include "plugins/sources/webhook/digest.hpp"
#include "plugins/sources/webhook/encoding.hpp"

namespace oauth {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr size_t kSecretBytes = 16;
constexpr uint64_t kLowest = 10, kNumbers = 90;

uint64_t number_at(std::string_view bytes) {
  uint64_t made = 0;
  for (const char c : bytes) made = made << 8 | static_cast<unsigned char>(c);
  return made;
}

}  // namespace

SceneKeys::SceneKeys(sbx::Host host, const sbx_loop &loop) : key_(kKeyBytes, '\0') {
  loop.random(host.get(), key_.data(), key_.size());
}

std::string SceneKeys::bytes(std::string_view what, std::string_view wait_id) const {
  return webhook::hmac_of(webhook::Hash::kSha256, key_, std::string(what).append(":").append(wait_id));
}

std::string SceneKeys::made(std::string_view what, std::string_view wait_id) const {
  return webhook::hex_of(bytes(what, wait_id).substr(0, kSecretBytes));
}

Choices SceneKeys::choices(std::string_view wait_id, std::string_view number) const {
  const std::string chance = bytes("numbers", wait_id);
  const auto part = [&](size_t i) { return number_at(std::string_view(chance).substr(8 * i, 8)); };
  const auto other = [&](uint64_t pick) { return std::to_string(kLowest + pick % kNumbers); };
  Choices all = {std::string(number), other(part(0)), {}};
  for (uint64_t i = 0; all[1] == all[0]; ++i) all[1] = other(part(0) + i);
  all[2] = other(part(1));
  for (uint64_t i = 0; all[2] == all[0] || all[2] == all[1]; ++i) all[2] = other(part(1) + i);
  std::swap(all[0], all[part(2) % all.size()]);
  return all;
}

}  // namespace oauth
