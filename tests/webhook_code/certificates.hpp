// Keys and certificates for tests, made while they run: nothing expires in the tree, and no key is in it.
#pragma once
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace webhook_test {

using Key = std::shared_ptr<EVP_PKEY>;
using Certificate = std::shared_ptr<X509>;

struct CertificatePlan {
  std::string name;
  int64_t begins_s = 0, ends_s = 0;  // Unix time
  bool authority = false;
};

Key make_key(int bits = 2048);
// Signed by the issuer, or by itself if there is none.
Certificate make_certificate(const CertificatePlan &plan, const Key &key, const Certificate &issuer = nullptr,
                             const Key &issuer_key = nullptr);
std::string pem_of(const Certificate &certificate);
// RSASSA-PKCS1-v1_5 with SHA-256, base64.
std::string sign(const Key &key, std::string_view text);

}  // namespace webhook_test
