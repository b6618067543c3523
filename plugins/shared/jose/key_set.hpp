// KeySet: the keys that signatures are checked with, from a JWK Set or a single JWK (RFC 7517 sections 4 and 5), or a
// shared secret.  Immutable: a newer set is a new object, and whoever holds the old one goes on with it.  Any thread.
#pragma once
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "plugins/shared/jose/key.hpp"

namespace jose {

inline constexpr size_t kKeySetBytesMax = 256 * 1024;
inline constexpr size_t kKeysMax = 64;

class KeySet {
 public:
  // Keys of kinds that are not known here, and broken or weak ones, are left out (RFC 7517 section 5); nullptr when
  // none is left, when it is too long or has too many keys, or when it is no JWK (Set).
  static std::shared_ptr<const KeySet> read(std::string_view json);
  // Of public keys in PEM ("-----BEGIN PUBLIC KEY-----", RFC 7468 section 13), one or several.  They have no `kid`.
  // nullptr as above; keys of other kinds and private ones are left out.
  static std::shared_ptr<const KeySet> of_pem(std::string_view text);
  // For HS256, HS384 and HS512, as far as the secret is long enough for them.  nullptr: empty or too long.
  static std::shared_ptr<const KeySet> of_secret(std::string_view bytes);

  // The keys that may have made such a signature.  With a `kid`: those of that name and those that have none; without
  // one: all.
  std::vector<const Key *> candidates(Algorithm algorithm, std::string_view kid) const;
  size_t size() const { return keys_.size(); }

 private:
  explicit KeySet(std::vector<Key> keys) : keys_(std::move(keys)) {}
  std::vector<Key> keys_;
};

}  // namespace jose
