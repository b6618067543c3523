#include "plugins/sources/webhook/public_key.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <string>

#include "plugins/sources/webhook/encoding.hpp"

namespace webhook {
namespace {

constexpr int kRsaBitsMin = 2048;
constexpr std::string_view kRawPrefix = "whpk_";

using Key = std::shared_ptr<EVP_PKEY>;

Key owned(EVP_PKEY *key) { return key ? Key(key, EVP_PKEY_free) : Key(); }

const unsigned char *bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char *>(text.data()); }

Key read_pem(std::string_view text) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> file(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())),
                                                       BIO_free);
  if (!file) return nullptr;
  if (text.find("-----BEGIN CERTIFICATE-----") == std::string_view::npos)
    return owned(PEM_read_bio_PUBKEY(file.get(), nullptr, nullptr, nullptr));
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr), X509_free);
  return certificate ? owned(X509_get_pubkey(certificate.get())) : nullptr;
}

Key read_raw(std::string_view text) {
  std::string bytes;
  if (decode(Encoding::kBase64, text, bytes) != Decoded::kOk) return nullptr;
  return owned(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(bytes), bytes.size()));
}

}  // namespace

std::optional<PublicKey> PublicKey::read(Kind kind, std::string_view text) {
  const bool raw = kind == Kind::kEd25519 && text.starts_with(kRawPrefix);
  Key key = raw ? read_raw(text.substr(kRawPrefix.size())) : read_pem(text);
  ERR_clear_error();  // the queue belongs to the thread, and the next one who looks is somebody else
  const int wanted = kind == Kind::kRsa ? EVP_PKEY_RSA : EVP_PKEY_ED25519;
  if (!key || EVP_PKEY_get_base_id(key.get()) != wanted) return std::nullopt;
  if (kind == Kind::kRsa && EVP_PKEY_get_bits(key.get()) < kRsaBitsMin) return std::nullopt;
  return PublicKey(kind, std::move(key));
}

bool PublicKey::verifies(std::string_view bytes, std::string_view signature) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const EVP_MD *hash = kind_ == Kind::kRsa ? EVP_sha256() : nullptr;
  const bool good =
      context && EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, key_.get()) == 1 &&
      EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(bytes), bytes.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace webhook
