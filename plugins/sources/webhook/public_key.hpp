// A provider's public key: from a PEM certificate or public key, or an Ed25519 key as Standard Webhooks writes it
// (`whpk_` and base64).  Immutable; any thread.
#pragma once
#include <memory>
#include <optional>
#include <string_view>

struct evp_pkey_st;

namespace webhook {

class PublicKey {
 public:
  enum class Kind { kRsa, kEd25519 };
  // Nothing, when this is no key of that kind, or an RSA key under 2048 bits.
  static std::optional<PublicKey> read(Kind kind, std::string_view text);

  // RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2), or Ed25519 (RFC 8032).
  bool verifies(std::string_view bytes, std::string_view signature) const;

 private:
  PublicKey(Kind kind, std::shared_ptr<evp_pkey_st> key) : kind_(kind), key_(std::move(key)) {}
  Kind kind_;
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace webhook
