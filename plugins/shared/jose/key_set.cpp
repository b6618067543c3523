#include "plugins/shared/jose/key_set.hpp"

#include "plugins/shared/jose/key_reader_impl.hpp"
#include "plugins/shared/jose/strict_json_impl.hpp"

namespace jose {

std::shared_ptr<const KeySet> KeySet::read(std::string_view json) {
  const auto document = parse_strictly(json, kKeySetBytesMax);
  if (!document || !document->is_object()) return nullptr;
  std::vector<Key> keys;
  const auto take = [&](const nlohmann::json &jwk) {
    if (auto key = KeyReader::read(jwk)) keys.push_back(std::move(*key));
  };
  if (const auto list = document->find("keys"); list == document->end()) {
    take(*document);
  } else {
    if (!list->is_array() || list->size() > kKeysMax) return nullptr;
    for (const auto &jwk : *list) take(jwk);
  }
  if (keys.empty()) return nullptr;
  return std::shared_ptr<const KeySet>(new KeySet(std::move(keys)));
}

std::shared_ptr<const KeySet> KeySet::of_secret(std::string_view bytes) {
  auto key = KeyReader::secret(bytes);
  if (!key) return nullptr;
  return std::shared_ptr<const KeySet>(new KeySet({std::move(*key)}));
}

std::vector<const Key *> KeySet::candidates(Algorithm algorithm, std::string_view kid) const {
  std::vector<const Key *> found;
  for (const Key &key : keys_)
    if (key.serves(algorithm) && (kid.empty() || key.kid().empty() || key.kid() == kid)) found.push_back(&key);
  return found;
}

}  // namespace jose
