#include "plugins/sources/webhook/cipher.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <cstdint>
#include <memory>

namespace webhook {
namespace {

constexpr size_t kTagBytes = 16;
constexpr size_t kNonceBytes = 12;
constexpr size_t kBlockBytes = 16;
constexpr size_t kWechatBlockBytes = 32;
constexpr size_t kWechatRandomBytes = 16;
constexpr size_t kLengthBytes = 4;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
using Plain = std::optional<std::string>;

Context context() { return {EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free}; }

const unsigned char *in(std::string_view text) { return reinterpret_cast<const unsigned char *>(text.data()); }
unsigned char *out(std::string &text, int at = 0) { return reinterpret_cast<unsigned char *>(text.data()) + at; }

Plain open_gcm(std::string_view key, const Sealed &s) {
  if (s.nonce.size() != kNonceBytes || s.ciphertext.size() < kTagBytes) return std::nullopt;
  const std::string_view text = s.ciphertext.substr(0, s.ciphertext.size() - kTagBytes);
  std::string tag(s.ciphertext.substr(text.size()));
  std::string plain(text.size() + kBlockBytes, '\0');
  const Context c = context();
  int done = 0, rest = 0;
  if (!c || EVP_DecryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, in(key), in(s.nonce)) != 1) return std::nullopt;
  if (!s.aad.empty() && EVP_DecryptUpdate(c.get(), nullptr, &done, in(s.aad), static_cast<int>(s.aad.size())) != 1)
    return std::nullopt;
  if (EVP_DecryptUpdate(c.get(), out(plain), &done, in(text), static_cast<int>(text.size())) != 1 ||
      EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) != 1 ||
      EVP_DecryptFinal_ex(c.get(), out(plain, done), &rest) != 1)
    return std::nullopt;
  plain.resize(static_cast<size_t>(done) + static_cast<size_t>(rest));
  return plain;
}

Plain open_blocks(const EVP_CIPHER *cipher, bool padded, std::string_view key, std::string_view iv,
                  std::string_view text) {
  if (text.empty() || text.size() % kBlockBytes != 0) return std::nullopt;
  std::string plain(text.size() + kBlockBytes, '\0');
  const Context c = context();
  int done = 0, rest = 0;
  if (!c || EVP_DecryptInit_ex(c.get(), cipher, nullptr, in(key), iv.empty() ? nullptr : in(iv)) != 1 ||
      EVP_CIPHER_CTX_set_padding(c.get(), padded ? 1 : 0) != 1 ||
      EVP_DecryptUpdate(c.get(), out(plain), &done, in(text), static_cast<int>(text.size())) != 1 ||
      EVP_DecryptFinal_ex(c.get(), out(plain, done), &rest) != 1)
    return std::nullopt;
  plain.resize(static_cast<size_t>(done) + static_cast<size_t>(rest));
  return plain;
}

Plain open_wechat(std::string_view key, const Sealed &s) {
  Plain plain = open_blocks(EVP_aes_256_cbc(), false, key, key.substr(0, kBlockBytes), s.ciphertext);
  if (!plain) return std::nullopt;
  // OpenSSL knows only padding to its own block of 16; this one goes to 32.
  const auto padding = static_cast<unsigned char>(plain->back());
  if (padding == 0 || padding > kWechatBlockBytes || padding > plain->size()) return std::nullopt;
  for (size_t i = plain->size() - padding; i < plain->size(); ++i)
    if (static_cast<unsigned char>((*plain)[i]) != padding) return std::nullopt;
  std::string_view rest(plain->data(), plain->size() - padding);
  if (rest.size() < kWechatRandomBytes + kLengthBytes) return std::nullopt;
  rest.remove_prefix(kWechatRandomBytes);
  uint32_t length = 0;
  for (size_t i = 0; i < kLengthBytes; ++i) length = length << 8 | static_cast<unsigned char>(rest[i]);
  rest.remove_prefix(kLengthBytes);
  if (length > rest.size() || rest.substr(length) != s.receiver) return std::nullopt;
  return std::string(rest.substr(0, length));
}

Plain open(Cipher cipher, std::string_view key, const Sealed &sealed) {
  switch (cipher) {
    case Cipher::kAes256Gcm:
      return open_gcm(key, sealed);
    case Cipher::kWechatAes256Cbc:
      return open_wechat(key, sealed);
    case Cipher::kAes256Ecb:
      break;
  }
  return open_blocks(EVP_aes_256_ecb(), true, key, {}, sealed.ciphertext);
}

}  // namespace

std::optional<std::string> unseal(Cipher cipher, std::string_view key, const Sealed &sealed) {
  Plain plain = open(cipher, key, sealed);
  ERR_clear_error();
  return plain;
}

}  // namespace webhook
