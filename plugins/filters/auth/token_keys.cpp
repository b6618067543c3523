#include "plugins/filters/auth/token_keys.hpp"

#include <exception>
#include <utility>

namespace auth {
namespace {

constexpr size_t kSecretBytesMin = 32;  // as many as HMAC-SHA256 gives (RFC 7518 section 3.2)

std::string_view without_blanks_in_front(std::string_view text) {
  const size_t from = text.find_first_not_of(" \t\r\n");
  return from == std::string_view::npos ? std::string_view() : text.substr(from);
}

}  // namespace

jose::Keys read_public_keys(std::string_view text) {
  const std::string_view bare = without_blanks_in_front(text);
  return bare.starts_with('{') ? jose::KeySet::read(bare) : jose::KeySet::of_pem(bare);
}

jose::Keys read_secret(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (text.size() < kSecretBytesMin || read_public_keys(text)) return nullptr;
  return jose::KeySet::of_secret(text);
}

std::string_view load_key_file(sbx::Host host, std::string path, jose::KeySource &from) {
  from.file = std::move(path);
  const auto *files = host.service<sbx_files>();
  const auto take = [](void *user, sbx_str bytes) noexcept {
    auto &into = *static_cast<jose::KeySource *>(user);
    try {
      into.keys = into.read(sbx::view(bytes));
    } catch (const std::exception &) {
      into.keys.reset();
    }
  };
  if (!files || files->read(host.get(), sbx::raw(from.file), take, &from) != SBX_OK) return "this file cannot be read";
  return from.keys ? std::string_view() : "this file holds no key that could be used";
}

}  // namespace auth
