// JSON Web Key -> Key.  Pure, any thread.  Inside this folder only, because of nlohmann.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>

#include "plugins/shared/jose/key.hpp"

namespace jose {

class KeyReader {
 public:
  // Nothing for a key of another kind, or a broken or weak one.
  static std::optional<Key> read(const nlohmann::json &jwk);
  static std::optional<Key> secret(std::string_view bytes);
  static std::optional<Key> pem(std::string_view block);  // begins with its label

 private:
  static bool read_use(const nlohmann::json &jwk, Key &key);
  static bool read_material(const nlohmann::json &jwk, Key &key);
};

}  // namespace jose
