#include "tests/io_tls/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <fstream>

namespace signalbox::io::testing {
namespace {

void add_extension(X509 *certificate, X509 *issuer, int kind, const std::string &value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION *const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::string text_of(BIO *bio) {
  char *data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

}  // namespace

Key make_key() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

Certificate make_certificate(const CertificatePlan &plan, const Key &key, const Certificate &issuer,
                             const Key &issuer_key) {
  static long serial = 0;
  Certificate made(X509_new(), X509_free);
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), plan.begins_in_s);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), plan.ends_in_s);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char *>(plan.name.c_str()), -1, -1, 0);
  X509 *const signer = issuer ? issuer.get() : made.get();
  X509_set_issuer_name(made.get(), X509_get_subject_name(signer));
  X509_set_pubkey(made.get(), key.get());
  if (plan.authority) add_extension(made.get(), signer, NID_basic_constraints, "critical,CA:TRUE");
  if (!plan.alternative.empty()) add_extension(made.get(), signer, NID_subject_alt_name, plan.alternative);
  X509_sign(made.get(), issuer_key ? issuer_key.get() : key.get(), EVP_sha256());
  return made;
}

Folder::Folder() {
  static int number = 0;
  path_ = std::filesystem::temp_directory_path() /
          ("signalbox-tls-" + std::to_string(::getpid()) + "-" + std::to_string(++number));
  std::filesystem::create_directories(path_);
}

Folder::~Folder() { std::filesystem::remove_all(path_); }

std::string Folder::write(const std::string &name, const std::string &content) const {
  std::ofstream(path_ / name, std::ios::trunc) << content;
  return path(name);
}

std::string Folder::write(const std::string &name, const Certificate &certificate) const {
  BIO *const bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate.get());
  return write(name, text_of(bio));
}

std::string Folder::write(const std::string &name, const Key &key, const char *passphrase) const {
  BIO *const bio = BIO_new(BIO_s_mem());
  void *const secret = const_cast<char *>(passphrase);
  PEM_write_bio_PKCS8PrivateKey(bio, key.get(), passphrase != nullptr ? EVP_aes_128_cbc() : nullptr, nullptr, 0,
                                nullptr, secret);
  return write(name, text_of(bio));
}

}  // namespace signalbox::io::testing
