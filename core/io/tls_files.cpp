#include "core/io/tls_files.hpp"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace signalbox::io {
namespace {

Status check_readable(const std::string &what, const std::string &file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return Status::error("cannot read the " + what + " file " + file + ": " + std::strerror(errno));
  struct stat s {};
  const bool directory = ::fstat(fd, &s) == 0 && S_ISDIR(s.st_mode);
  ::close(fd);
  if (directory) return Status::error("the " + what + " file " + file + " is a directory");
  return {};
}

// No block of the wanted kind was found; certificates and keys go different ways inside OpenSSL and say it differently.
bool is_no_pem(unsigned long error) {
  const int library = ERR_GET_LIB(error), reason = ERR_GET_REASON(error);
  return (library == ERR_LIB_PEM && reason == PEM_R_NO_START_LINE) ||
         (library == ERR_LIB_OSSL_DECODER && reason == ERR_R_UNSUPPORTED);
}

Status file_error(const std::string &what, const std::string &file) {
  // The first of a chain of errors is the cause; the others say where it passed.
  const unsigned long cause = ERR_peek_error();
  const std::string reason = openssl_reason();
  if (is_no_pem(cause))
    return Status::error("the " + what + " file " + file + " has no readable " + what + " in PEM form");
  return Status::error("the " + what + " file " + file + " is of no use: " + reason);
}

// OpenSSL would ask for a passphrase on the terminal; a server must not wait for one.
int refuse_passphrase(char *, int, int, void *asked) {
  *static_cast<bool *>(asked) = true;
  return 0;
}

Status mismatch(const std::string &certificate_file, const std::string &key_file) {
  ERR_clear_error();
  return Status::error("the key file " + key_file + " does not belong to the certificate in " + certificate_file);
}

Status use_key(SSL_CTX *context, const std::string &certificate_file, const std::string &file) {
  bool encrypted = false;
  SSL_CTX_set_default_passwd_cb(context, refuse_passphrase);
  SSL_CTX_set_default_passwd_cb_userdata(context, &encrypted);
  const bool used = SSL_CTX_use_PrivateKey_file(context, file.c_str(), SSL_FILETYPE_PEM) == 1;
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  SSL_CTX_set_default_passwd_cb(context, nullptr);
  if (used) return SSL_CTX_check_private_key(context) == 1 ? Status{} : mismatch(certificate_file, file);
  if (encrypted) {
    ERR_clear_error();
    return Status::error("the key file " + file + " is encrypted; store it without a passphrase");
  }
  // OpenSSL compares with the certificate as soon as it has both.
  const unsigned long last = ERR_peek_last_error();
  const int reason = ERR_GET_REASON(last);
  if (ERR_GET_LIB(last) == ERR_LIB_X509 && (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH))
    return mismatch(certificate_file, file);
  return file_error("key", file);
}

std::string time_text(const ASN1_TIME *time) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
  if (!out || ASN1_TIME_print(out.get(), time) != 1) return "an unknown date";
  char *text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<size_t>(size)};
}

}  // namespace

std::string openssl_reason() {
  const unsigned long cause = ERR_peek_error();
  const char *const reason = ERR_reason_error_string(cause);
  std::string text = reason != nullptr ? reason : "OpenSSL says no more";
  // For errors of the system the reason is an errno.
  if (ERR_SYSTEM_ERROR(cause)) text = std::strerror(ERR_GET_REASON(cause));
  ERR_clear_error();
  return text;
}

Status use_certificate(SSL_CTX *context, const std::string &certificate_file, const std::string &key_file) {
  if (Status bad = check_readable("certificate", certificate_file); !bad.ok()) return bad;
  if (Status bad = check_readable("key", key_file); !bad.ok()) return bad;
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1)
    return file_error("certificate", certificate_file);
  return use_key(context, certificate_file, key_file);
}

Status use_ca_file(SSL_CTX *context, const std::string &file) {
  if (Status bad = check_readable("ca", file); !bad.ok()) return bad;
  ERR_clear_error();
  if (SSL_CTX_load_verify_file(context, file.c_str()) != 1) return file_error("ca", file);
  // An intermediate certificate in the file is trusted for itself.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
  return {};
}

std::string certificate_warning(SSL_CTX *context, const std::string &certificate_file) {
  const X509 *const certificate = SSL_CTX_get0_certificate(context);
  if (certificate == nullptr) return {};
  const ASN1_TIME *const end = X509_get0_notAfter(certificate), *const begin = X509_get0_notBefore(certificate);
  const std::string what = "the certificate in " + certificate_file;
  if (X509_cmp_current_time(end) < 0) return what + " expired on " + time_text(end) + ": clients will refuse it";
  if (X509_cmp_current_time(begin) > 0) return what + " is not valid before " + time_text(begin);
  return {};
}

Status set_defaults(SSL_CTX *context) {
  ERR_clear_error();
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
    return Status::error("OpenSSL cannot set up TLS: " + openssl_reason());
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  // For non-blocking use, with buffers that may move between two tries; idle sessions give their buffers back.
  SSL_CTX_set_mode(context,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  return {};
}

}  // namespace signalbox::io
