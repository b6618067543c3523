#include "plugins/sources/webhook/braintree.hpp"

#include <algorithm>

#include "plugins/sources/webhook/digest.hpp"
#include "plugins/sources/webhook/encoding.hpp"
#include "plugins/sources/webhook/xml_json.hpp"

namespace webhook {
namespace {

constexpr size_t kSignaturesMax = 8;
constexpr size_t kChallengeMin = 20, kChallengeMax = 32;
constexpr size_t kPublicKeyMax = 128;

std::string hmac_with(const std::string &private_key, std::string_view text) {
  return hmac_of(Hash::kSha1, digest_of(Hash::kSha1, private_key), text);
}

}  // namespace

std::optional<std::vector<BraintreeSignature>> read_braintree_signatures(std::string_view text) {
  std::vector<BraintreeSignature> all;
  while (true) {
    const size_t end = std::min(text.find('&'), text.size());
    const std::string_view one = text.substr(0, end);
    const size_t bar = one.find('|');
    if (bar == std::string_view::npos || bar == 0 || bar > kPublicKeyMax || all.size() == kSignaturesMax)
      return std::nullopt;
    BraintreeSignature made{std::string(one.substr(0, bar)), {}};
    if (decode(Encoding::kHex, one.substr(bar + 1), made.digest) == Decoded::kCharacters) return std::nullopt;
    all.push_back(std::move(made));
    if (end == text.size()) return all;
    text.remove_prefix(end + 1);
  }
}

BraintreeFit braintree_fits(const std::vector<BraintreeSignature> &offered, std::string_view payload,
                            const Secrets &secrets) {
  // A newline at the end is lost by some who pass a request on, and Braintree's own libraries try it both ways.
  const std::string with_newline = std::string(payload) + "\n";
  const auto &ours = *secrets.find("public_key");
  bool known = false, good = false;
  for (const BraintreeSignature &one : offered) {
    if (std::find(ours.begin(), ours.end(), one.public_key) == ours.end()) continue;
    known = true;
    for (const std::string &key : *secrets.find("private_key"))
      for (const std::string_view text : {payload, std::string_view(with_newline)})
        good = same_digest(one.digest, hmac_with(key, text)) || good;
  }
  if (good) return BraintreeFit::kFits;
  return known ? BraintreeFit::kDoesNotFit : BraintreeFit::kUnknownKey;
}

std::optional<std::string> read_braintree_payload(std::string_view payload) {
  std::string base64, xml;
  for (const char c : payload)
    if (c != '\n') base64 += c;
  if (decode(Encoding::kBase64, base64, xml) != Decoded::kOk) return std::nullopt;
  return json_of_xml(xml);
}

std::optional<std::string> answer_braintree_challenge(std::string_view challenge, const Secrets &secrets) {
  const bool hex = std::all_of(challenge.begin(), challenge.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
  if (!hex || challenge.size() < kChallengeMin || challenge.size() > kChallengeMax) return std::nullopt;
  return secrets.find("public_key")->front() + "|" + hex_of(hmac_with(secrets.find("private_key")->front(), challenge));
}

}  // namespace webhook
