// Whether a certificate is the provider's: chained to a root that is believed, made out to the name that is expected,
// and valid at the time that matters (RFC 5280 section 6, by OpenSSL).  Immutable once made; any thread.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct x509_store_st;

namespace webhook {

class CertificateChain {
 public:
  // `roots`: PEM texts with one or more certificates each, which are believed instead of the system's trust store.
  // Nothing, when one of them is no certificate, or the trust store cannot be opened.
  static std::optional<CertificateChain> make(const std::vector<std::string> &roots);

  enum class Finding { kGood, kUnreadable, kNotChained, kWrongName, kExpired };
  struct Check {
    std::vector<std::string_view> names;  // its common name must be one of these
    int64_t now_s = 0;
    // A certificate that the user set by himself: only its end counts, for he may have been given it ahead of time.
    bool pinned = false;
    bool chained = true;  // false: whoever set it vouches for it
  };
  // `pem`: the certificate, followed by those that lead to the root.
  Finding check(std::string_view pem, const Check &check) const;

 private:
  explicit CertificateChain(std::shared_ptr<x509_store_st> store) : store_(std::move(store)) {}
  std::shared_ptr<x509_store_st> store_;
};

const char *words_for(CertificateChain::Finding finding);

}  // namespace webhook
