#include "plugins/shared/jose/algorithm.hpp"

#include <algorithm>
#include <array>

namespace jose {
namespace {

struct Row {
  Algorithm algorithm;
  std::string_view name;
  KeyType type;
  size_t hash_bits;
};

constexpr std::array<Row, 11> kRows = {{
    {Algorithm::kRs256, "RS256", KeyType::kRsa, 256},
    {Algorithm::kRs384, "RS384", KeyType::kRsa, 384},
    {Algorithm::kRs512, "RS512", KeyType::kRsa, 512},
    {Algorithm::kPs256, "PS256", KeyType::kRsa, 256},
    {Algorithm::kEs256, "ES256", KeyType::kP256, 256},
    {Algorithm::kEs384, "ES384", KeyType::kP384, 384},
    {Algorithm::kEs512, "ES512", KeyType::kP521, 512},
    {Algorithm::kEdDsa, "EdDSA", KeyType::kEd25519, 0},
    {Algorithm::kHs256, "HS256", KeyType::kSecret, 256},
    {Algorithm::kHs384, "HS384", KeyType::kSecret, 384},
    {Algorithm::kHs512, "HS512", KeyType::kSecret, 512},
}};

const Row &row(Algorithm algorithm) { return kRows[static_cast<size_t>(algorithm)]; }

}  // namespace

std::optional<Algorithm> algorithm_of(std::string_view name) {
  const auto *found = std::find_if(kRows.begin(), kRows.end(), [&](const Row &r) { return r.name == name; });
  if (found == kRows.end()) return std::nullopt;
  return found->algorithm;
}

std::string_view name_of(Algorithm algorithm) { return row(algorithm).name; }
KeyType key_type_of(Algorithm algorithm) { return row(algorithm).type; }
size_t hash_bits_of(Algorithm algorithm) { return row(algorithm).hash_bits; }

}  // namespace jose
