#include "tests/webhook_code/certificates.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

#include "plugins/sources/webhook/encoding.hpp"

namespace webhook_test {
namespace {

void want(bool done) {
  if (!done) throw std::runtime_error("OpenSSL cannot make a certificate for this test");
}

void extend(X509 *certificate, int nid, const char *value) {
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
  want(extension && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

}  // namespace

Key make_key(int bits) {
  Key key(EVP_RSA_gen(static_cast<unsigned>(bits)), EVP_PKEY_free);
  want(key != nullptr);
  return key;
}

Certificate make_certificate(const CertificatePlan &plan, const Key &key, const Certificate &issuer,
                             const Key &issuer_key) {
  static long serial = 0;
  Certificate made(X509_new(), X509_free);
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial);
  ASN1_TIME_set(X509_getm_notBefore(made.get()), plan.begins_s);
  ASN1_TIME_set(X509_getm_notAfter(made.get()), plan.ends_s);
  X509_set_pubkey(made.get(), key.get());
  X509_NAME *name = X509_get_subject_name(made.get());
  want(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char *>(plan.name.data()),
                                  static_cast<int>(plan.name.size()), -1, 0) == 1);
  X509_set_issuer_name(made.get(), issuer ? X509_get_subject_name(issuer.get()) : name);
  extend(made.get(), NID_basic_constraints, plan.authority ? "critical,CA:TRUE" : "CA:FALSE");
  want(X509_sign(made.get(), issuer_key ? issuer_key.get() : key.get(), EVP_sha256()) > 0);
  return made;
}

std::string pem_of(const Certificate &certificate) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> to(BIO_new(BIO_s_mem()), BIO_free);
  want(to && PEM_write_bio_X509(to.get(), certificate.get()) == 1);
  char *bytes = nullptr;
  const long length = BIO_get_mem_data(to.get(), &bytes);
  return {bytes, static_cast<size_t>(length)};
}

std::string sign(const Key &key, std::string_view text) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  size_t length = 0;
  const auto *bytes = reinterpret_cast<const unsigned char *>(text.data());
  want(context && EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
       EVP_DigestSign(context.get(), nullptr, &length, bytes, text.size()) == 1);
  std::string signature(length, '\0');
  want(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char *>(signature.data()), &length, bytes,
                      text.size()) == 1);
  return webhook::base64_of(signature.substr(0, length));
}

}  // namespace webhook_test
