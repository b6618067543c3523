// Any token and any key set: the first line is the token, the rest the keys.  Nothing that the fuzzer can make is
// signed with the fixed key; what it brings keys for itself may verify, and then its claims can be judged.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "plugins/shared/jose/base64url.hpp"
#include "plugins/shared/jose/claims.hpp"
#include "plugins/shared/jose/token.hpp"
#include "tests/jose/vectors.hpp"

namespace {

using jose::Algorithm;

void want(bool holds) {
  if (!holds) std::abort();
}

const jose::VerifyRules kRules{{Algorithm::kRs256, Algorithm::kPs256, Algorithm::kEs256, Algorithm::kEs384,
                                Algorithm::kEs512, Algorithm::kEdDsa, Algorithm::kHs256, Algorithm::kHs512},
                               {}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string_view input(reinterpret_cast<const char *>(data), size);
  const std::string_view token = input.substr(0, input.find('\n'));
  const std::string_view keys = input.substr(std::min(token.size() + 1, input.size()));
  if (const auto bytes = jose::from_base64url(token)) want(jose::to_base64url(*bytes) == token);

  static const auto fixed = jose::KeySet::read(jose_test::kRs256Jwk);
  const auto by_fixed = jose::verify(token, *fixed, kRules);
  want(by_fixed.fault != jose::Fault::kNone || token == jose_test::kRs256Token);

  jose::Expected expected;
  expected.nonce = "n";
  expected.audiences = {"client"};
  if (const auto set = jose::KeySet::read(keys)) {
    want(set->size() > 0 && set->size() <= jose::kKeysMax);
    const auto verified = jose::verify(token, *set, kRules);
    want(verified.claims.empty() == (verified.fault != jose::Fault::kNone));
  }
  want(jose::check_claims(keys, expected, 1'700'000'000) != jose::Fault::kNone ||
       keys.find("client") != std::string_view::npos);
  return 0;
}
