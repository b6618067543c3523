// Certificates for tests, made while they run: nothing expires in the tree.
#pragma once
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <filesystem>
#include <memory>
#include <string>

namespace signalbox::io::testing {

using Key = std::shared_ptr<EVP_PKEY>;
using Certificate = std::shared_ptr<X509>;

Key make_key();

struct CertificatePlan {
  std::string name = "localhost";  // subject
  std::string alternative;         // "DNS:a,IP:1.2.3.4"; empty: none
  long begins_in_s = -3600, ends_in_s = 3600;
  bool authority = false;
};
// Signed by the issuer, or by itself if there is none.
Certificate make_certificate(const CertificatePlan &plan, const Key &key, const Certificate &issuer = nullptr,
                             const Key &issuer_key = nullptr);

// A folder that goes away with its owner.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder &) = delete;
  Folder &operator=(const Folder &) = delete;

  std::string path(const std::string &name) const { return (path_ / name).string(); }
  std::string write(const std::string &name, const std::string &content) const;
  std::string write(const std::string &name, const Certificate &certificate) const;
  std::string write(const std::string &name, const Key &key, const char *passphrase = nullptr) const;

 private:
  std::filesystem::path path_;
};

}  // namespace signalbox::io::testing
