#include "plugins/shared/jose/token.hpp"

#include <algorithm>

#include "plugins/shared/jose/base64url.hpp"
#include "plugins/shared/jose/strict_json_impl.hpp"

namespace jose {
namespace {

using Json = nlohmann::json;

struct Parts {
  std::string_view header, claims, signature, signed_bytes;
  bool good = false;
};

Parts split(std::string_view token) {
  const size_t first = token.find('.');
  if (token.size() > kTokenBytesMax || first == std::string_view::npos) return {};
  const size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) return {};
  return {token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
          token.substr(0, second), true};
}

struct Header {
  Fault fault = Fault::kMalformed;
  Algorithm algorithm = Algorithm::kRs256;
  std::string kid;
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Media types are compared without case and with "application/" left out (RFC 7515 section 4.1.9).
bool same_type(std::string_view a, std::string_view b) {
  constexpr std::string_view kPrefix = "application/";
  const auto same = [](std::string_view x, std::string_view y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](char c, char d) { return lower(c) == lower(d); });
  };
  const auto bare = [&](std::string_view x) {
    return same(x.substr(0, kPrefix.size()), kPrefix) ? x.substr(kPrefix.size()) : x;
  };
  return same(bare(a), bare(b));
}

Header read_header(std::string_view encoded, const VerifyRules &rules) {
  const auto text = from_base64url(encoded);
  const auto json = text ? parse_strictly(*text, kHeaderBytesMax) : std::nullopt;
  if (!json || !json->is_object()) return {};
  Header header;
  const auto alg = json->find("alg"), kid = json->find("kid"), typ = json->find("typ"), b64 = json->find("b64");
  if (alg == json->end() || !alg->is_string()) return {};
  if (kid != json->end()) {
    if (!kid->is_string()) return {};
    header.kid = kid->get<std::string>();
    if (header.kid.size() > kKidBytesMax) return {};
  }
  if (json->contains("crit") || (b64 != json->end() && *b64 != Json(true))) return {Fault::kCritical, {}, {}};
  if (!rules.type.empty() &&
      (typ == json->end() || !typ->is_string() || !same_type(typ->get<std::string>(), rules.type)))
    return {Fault::kType, {}, {}};
  const auto algorithm = algorithm_of(alg->get<std::string>());
  const auto &allowed = rules.algorithms;
  if (!algorithm || std::find(allowed.begin(), allowed.end(), *algorithm) == allowed.end())
    return {Fault::kAlgorithm, {}, {}};
  header.algorithm = *algorithm;
  header.fault = Fault::kNone;
  return header;
}

Fault check_signature(const Header &header, const KeySet &keys, std::string_view bytes, std::string_view signature) {
  const auto candidates = keys.candidates(header.algorithm, header.kid);
  if (candidates.empty()) return Fault::kNoKey;
  const size_t tries = std::min(candidates.size(), kTriesMax);
  for (size_t i = 0; i < tries; ++i)
    if (candidates[i]->verifies(header.algorithm, bytes, signature)) return Fault::kNone;
  return Fault::kSignature;
}

}  // namespace

Verified verify(std::string_view token, const KeySet &keys, const VerifyRules &rules) {
  const Parts parts = split(token);
  if (!parts.good) return {Fault::kMalformed, {}};
  const Header header = read_header(parts.header, rules);
  if (header.fault != Fault::kNone) return {header.fault, {}};
  auto claims = from_base64url(parts.claims);
  const auto signature = from_base64url(parts.signature);
  if (!claims || !signature || signature->empty()) return {Fault::kMalformed, {}};
  // Nothing of the claims is read before the signature is known to be good.
  const Fault fault = check_signature(header, keys, parts.signed_bytes, *signature);
  if (fault != Fault::kNone) return {fault, {}};
  const auto json = parse_strictly(*claims, kTokenBytesMax);
  if (!json || !json->is_object()) return {Fault::kMalformed, {}};
  return {Fault::kNone, std::move(*claims)};
}

std::string_view text_of(Fault fault) {
  switch (fault) {
    case Fault::kNone:
      return "good";
    case Fault::kMalformed:
      return "malformed";
    case Fault::kAlgorithm:
      return "algorithm not allowed";
    case Fault::kCritical:
      return "critical extension";
    case Fault::kType:
      return "wrong type";
    case Fault::kNoKey:
      return "no such key";
    case Fault::kSignature:
      return "wrong signature";
    case Fault::kIssuer:
      return "wrong issuer";
    case Fault::kAudience:
      return "wrong audience";
    case Fault::kExpired:
      return "expired";
    case Fault::kNotYet:
      return "not valid yet";
    case Fault::kNonce:
      return "wrong nonce";
    case Fault::kSubject:
      return "no subject";
  }
  return "malformed";
}

}  // namespace jose
