#include "plugins/sources/oauth/tokens.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <sbx/web_text.hpp>

#include "plugins/sources/webhook/digest.hpp"

namespace oauth {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// A byte below `limit`, each as likely as the others: those above the last whole multiple are thrown away.
template <class Take>
void draw(sbx::Host host, const sbx_loop &loop, size_t limit, Take take) {
  const size_t fair = 256 / limit * limit;
  std::array<uint8_t, 64> bytes{};
  for (;;) {
    loop.random(host.get(), bytes.data(), bytes.size());
    for (const uint8_t byte : bytes)
      if (byte < fair && !take(byte % limit)) return;
  }
}

}  // namespace

std::string random_base62(sbx::Host host, const sbx_loop &loop, size_t chars) {
  std::string made;
  draw(host, loop, kAlphabet.size(), [&](size_t i) {
    made += kAlphabet[i];
    return made.size() < chars;
  });
  return made;
}

std::string random_number(sbx::Host host, const sbx_loop &loop) {
  std::string made;
  draw(host, loop, 90, [&](size_t i) {
    made = std::to_string(10 + i);
    return false;
  });
  return made;
}

bool is_base62(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return kAlphabet.find(c) != std::string_view::npos; });
}

std::string sha256(std::string_view bytes) { return webhook::digest_of(webhook::Hash::kSha256, bytes); }

std::string base64url(std::string_view bytes) {
  std::string text;
  sbx::append_base64(text, bytes);
  text.erase(std::min(text.find('='), text.size()));
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

bool same_bytes(std::string_view digest, std::string_view other_digest) {
  return webhook::same_digest(digest, other_digest);
}

}  // namespace oauth
