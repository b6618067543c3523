// Key: one JSON Web Key (RFC 7517) with which signatures are checked: RSA, EC on P-256, P-384 and P-521 (RFC 7518
// section 6), Ed25519 (RFC 8037 section 2) or a shared secret.  Private parts of a key are not read.  Immutable; copies
// share it; any thread.
#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/shared/jose/algorithm.hpp"

struct evp_pkey_st;

namespace jose {

// Smaller is weak (RFC 7518 section 3.3), larger costs too much for a key that somebody else chose.
inline constexpr int kRsaBitsMin = 2048;
inline constexpr int kRsaBitsMax = 8192;
inline constexpr size_t kSecretBytesMax = 1024;
inline constexpr size_t kKidBytesMax = 512;

class Key {
 public:
  KeyType type() const { return type_; }
  const std::string &kid() const { return kid_; }

  // Is it meant for this algorithm?  By its type, `alg`, `use` and `key_ops`, and for HMAC by its length.
  bool serves(Algorithm algorithm) const;
  // False for a key that does not serve the algorithm.
  bool verifies(Algorithm algorithm, std::string_view bytes, std::string_view signature) const;

 private:
  friend class KeyReader;
  Key() = default;

  KeyType type_ = KeyType::kRsa;
  std::string kid_;
  std::optional<Algorithm> algorithm_;
  bool for_signatures_ = true;
  std::shared_ptr<evp_pkey_st> public_;        // all but kSecret
  std::shared_ptr<const std::string> secret_;  // kSecret; overwritten when it is freed
};

}  // namespace jose
