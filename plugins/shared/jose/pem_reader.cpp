#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>

#include "plugins/shared/jose/key_reader_impl.hpp"
#include "plugins/shared/jose/key_set.hpp"

namespace jose {
namespace {

using PublicKey = std::shared_ptr<EVP_PKEY>;

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kPublic = "-----BEGIN PUBLIC KEY-----";

std::optional<KeyType> type_of(EVP_PKEY *key) {
  if (EVP_PKEY_is_a(key, "ED25519")) return KeyType::kEd25519;
  if (EVP_PKEY_is_a(key, "RSA")) {
    const int bits = EVP_PKEY_get_bits(key);
    return bits >= kRsaBitsMin && bits <= kRsaBitsMax ? std::optional(KeyType::kRsa) : std::nullopt;
  }
  std::array<char, 32> name{};
  size_t length = 0;
  if (!EVP_PKEY_is_a(key, "EC") || EVP_PKEY_get_group_name(key, name.data(), name.size(), &length) != 1)
    return std::nullopt;
  const std::string_view group(name.data(), length);
  if (group == "prime256v1") return KeyType::kP256;
  if (group == "secp384r1") return KeyType::kP384;
  if (group == "secp521r1") return KeyType::kP521;
  return std::nullopt;
}

PublicKey read_block(std::string_view block) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bytes(BIO_new_mem_buf(block.data(), static_cast<int>(block.size())),
                                                        BIO_free);
  EVP_PKEY *key = bytes ? PEM_read_bio_PUBKEY(bytes.get(), nullptr, nullptr, nullptr) : nullptr;
  ERR_clear_error();
  return key ? PublicKey(key, EVP_PKEY_free) : nullptr;
}

}  // namespace

std::optional<Key> KeyReader::pem(std::string_view block) {
  // Only this label: nobody who checks signatures should be given a private key.
  if (!block.starts_with(kPublic)) return std::nullopt;
  Key key;
  key.public_ = read_block(block);
  const auto type = key.public_ ? type_of(key.public_.get()) : std::nullopt;
  if (!type) return std::nullopt;
  key.type_ = *type;
  return key;
}

std::shared_ptr<const KeySet> KeySet::of_pem(std::string_view text) {
  if (text.size() > kKeySetBytesMax) return nullptr;
  std::vector<Key> keys;
  size_t blocks = 0;
  for (size_t at = text.find(kBegin); at != std::string_view::npos;) {
    const size_t next = text.find(kBegin, at + kBegin.size());
    if (++blocks > kKeysMax) return nullptr;
    if (auto key = KeyReader::pem(text.substr(at, next - at))) keys.push_back(std::move(*key));
    at = next;
  }
  if (keys.empty()) return nullptr;
  return std::shared_ptr<const KeySet>(new KeySet(std::move(keys)));
}

}  // namespace jose
