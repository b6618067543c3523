#include "plugins/sources/webhook/certificate_chain.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <ctime>

namespace webhook {
namespace {

// A leaf, two intermediate ones and a root are usual.
constexpr size_t kCertificatesMax = 8;
constexpr size_t kPemMax = 64u << 10;

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

// Empty: there is none, or too many, or one of them cannot be read.
std::vector<Certificate> read_all(std::string_view pem) {
  std::vector<Certificate> all;
  if (pem.size() > kPemMax) return all;
  const std::unique_ptr<BIO, decltype(&BIO_free)> file(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                       BIO_free);
  while (file) {
    Certificate one(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr), X509_free);
    if (!one) break;
    if (all.size() == kCertificatesMax) return {};
    all.push_back(std::move(one));
  }
  const bool end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();  // the queue belongs to the thread, and the next one who looks is somebody else
  if (!end) all.clear();
  return all;
}

// The only common name; empty when there is none or several.
std::string common_name(const X509 &certificate) {
  const X509_NAME *subject = X509_get_subject_name(&certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0) return {};
  const ASN1_STRING *said = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
  unsigned char *utf8 = nullptr;
  const int length = ASN1_STRING_to_UTF8(&utf8, said);
  if (length < 0) return {};
  std::string name(reinterpret_cast<const char *>(utf8), static_cast<size_t>(length));
  OPENSSL_free(utf8);
  return name;
}

bool ends_before(const X509 &certificate, int64_t now_s) {
  time_t now = now_s;
  return X509_cmp_time(X509_get0_notAfter(&certificate), &now) <= 0;
}

}  // namespace

std::optional<CertificateChain> CertificateChain::make(const std::vector<std::string> &roots) {
  std::shared_ptr<X509_STORE> store(X509_STORE_new(), X509_STORE_free);
  if (!store) return std::nullopt;
  for (const std::string &pem : roots) {
    const auto certificates = read_all(pem);
    if (certificates.empty()) return std::nullopt;
    for (const Certificate &one : certificates) X509_STORE_add_cert(store.get(), one.get());
  }
  const bool fine = !roots.empty() || X509_STORE_set_default_paths(store.get()) == 1;
  ERR_clear_error();
  if (!fine) return std::nullopt;
  return CertificateChain(std::move(store));
}

CertificateChain::Finding CertificateChain::check(std::string_view pem, const Check &check) const {
  const auto all = read_all(pem);
  if (all.empty()) return Finding::kUnreadable;
  if (std::find(check.names.begin(), check.names.end(), common_name(*all.front())) == check.names.end())
    return Finding::kWrongName;
  if (ends_before(*all.front(), check.now_s)) return Finding::kExpired;
  if (!check.chained) return Finding::kGood;
  const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509) *)> others(
      sk_X509_new_null(), [](STACK_OF(X509) * stack) { sk_X509_free(stack); });
  const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> context(X509_STORE_CTX_new(),
                                                                                X509_STORE_CTX_free);
  if (!others || !context) return Finding::kNotChained;
  for (const Certificate &one : all)
    if (&one != all.data()) sk_X509_push(others.get(), one.get());
  if (X509_STORE_CTX_init(context.get(), store_.get(), all.front().get(), others.get()) != 1)
    return Finding::kNotChained;
  X509_VERIFY_PARAM *rules = X509_STORE_CTX_get0_param(context.get());
  // The user's root need not be the last one: he has chosen it.  (A time that was set would count for pinned ones,
  // too.)
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN | (check.pinned ? X509_V_FLAG_NO_CHECK_TIME : 0UL));
  if (!check.pinned) X509_VERIFY_PARAM_set_time(rules, check.now_s);
  const bool good = X509_verify_cert(context.get()) == 1;
  const int fault = X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  if (good) return Finding::kGood;
  return fault == X509_V_ERR_CERT_HAS_EXPIRED || fault == X509_V_ERR_CERT_NOT_YET_VALID ? Finding::kExpired
                                                                                        : Finding::kNotChained;
}

const char *words_for(CertificateChain::Finding finding) {
  switch (finding) {
    case CertificateChain::Finding::kGood:
      return "is good";
    case CertificateChain::Finding::kUnreadable:
      return "is no PEM certificate";
    case CertificateChain::Finding::kNotChained:
      return "does not lead to a root that is believed";
    case CertificateChain::Finding::kWrongName:
      return "is made out to another name";
    case CertificateChain::Finding::kExpired:
      break;
  }
  return "is not valid now";
}

}  // namespace webhook
