#include "core/io/tls.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <utility>

#include "core/io/tls_files.hpp"

namespace signalbox::io {
namespace {

constexpr std::string_view kHttp11 = "http/1.1";

// Wire form of an ALPN list with one protocol (RFC 7301 section 3.1).
std::string alpn_list(std::string_view protocol) { return static_cast<char>(protocol.size()) + std::string(protocol); }

int choose_http11(SSL *, const unsigned char **out, unsigned char *out_size, const unsigned char *offered,
                  unsigned offered_size, void *) {
  const std::string_view list(reinterpret_cast<const char *>(offered), offered_size);
  for (size_t at = 0; at < list.size();) {
    const size_t size = static_cast<unsigned char>(list[at]);
    if (list.substr(at + 1, size) == kHttp11) {
      *out = offered + at + 1;
      *out_size = offered[at];
      return SSL_TLSEXT_ERR_OK;
    }
    at += 1 + size;
  }
  return SSL_TLSEXT_ERR_NOACK;  // goes on without: the client may speak HTTP/1.1 all the same
}

bool is_address(const std::string &name) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, name.c_str(), bytes) == 1 || inet_pton(AF_INET6, name.c_str(), bytes) == 1;
}

// As certificates name it: no brackets around an address, no dot behind a name.
std::string plain_name(std::string_view name) {
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  if (name.ends_with('.')) name.remove_suffix(1);
  return std::string(name);
}

Status expect_name(SSL *session, const std::string &name) {
  X509_VERIFY_PARAM *const param = SSL_get0_param(session);
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool set = is_address(name) ? X509_VERIFY_PARAM_set1_ip_asc(param, name.c_str()) == 1
                                    : X509_VERIFY_PARAM_set1_host(param, name.data(), name.size()) == 1;
  return set ? Status{} : Status::error("\"" + name + "\" cannot be a server's name in TLS");
}

struct SslFree {
  void operator()(SSL *session) const { SSL_free(session); }
};
using SslPtr = std::unique_ptr<SSL, SslFree>;

Result<ssl_st *> new_session_on(SSL_CTX *context, int fd) {
  ERR_clear_error();
  SslPtr session(SSL_new(context));
  if (!session || SSL_set_fd(session.get(), fd) != 1)
    return Status::error("OpenSSL cannot begin a TLS session: " + openssl_reason());
  return session.release();
}

Result<SslContextPtr> make_server_context(const TlsServerOptions &options) {
  SslContextPtr context(SSL_CTX_new(TLS_server_method()));
  if (Status bad = set_defaults(context.get()); !bad.ok()) return bad;
  if (Status bad = use_certificate(context.get(), options.certificate_file, options.key_file); !bad.ok()) return bad;
  // Clients resume by tickets; nothing is kept here for those that do not come back.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.get(), SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                         SSL_OP_IGNORE_UNEXPECTED_EOF);  // browsers often just go
  SSL_CTX_set_alpn_select_cb(context.get(), choose_http11, nullptr);
  return context;
}

}  // namespace

void SslContextFree::operator()(ssl_ctx_st *context) const { SSL_CTX_free(context); }

TlsServerContext::Stamps TlsServerContext::stamps(const TlsServerOptions &options) {
  Stamps out{};
  const std::string *const files[] = {&options.certificate_file, &options.key_file};
  for (size_t i = 0; i < out.size(); ++i) {
    struct stat s {};
    if (::stat(files[i]->c_str(), &s) != 0) continue;
    out[i] = {static_cast<uint64_t>(s.st_dev), static_cast<uint64_t>(s.st_ino), static_cast<uint64_t>(s.st_size),
              static_cast<int64_t>(s.st_mtim.tv_sec) * 1'000'000'000 + s.st_mtim.tv_nsec};
  }
  return out;
}

Result<TlsServerContext> TlsServerContext::load(TlsServerOptions options) {
  TlsServerContext out;
  out.options_ = std::move(options);
  out.seen_ = stamps(out.options_);
  auto context = make_server_context(out.options_);
  if (!context.ok()) return context.status();
  out.context_ = context.take();
  out.warning_ = certificate_warning(out.context_.get(), out.options_.certificate_file);
  return out;
}

Result<bool> TlsServerContext::reload_if_changed() {
  const Stamps now = stamps(options_);
  if (now == seen_) return false;
  auto fresh = load(options_);
  if (fresh.ok()) {
    *this = fresh.take();
    return true;
  }
  seen_ = now;
  return Status::error(fresh.message() + "; the old certificate stays in use");
}

Result<ssl_st *> TlsServerContext::new_session(int fd) {
  auto session = new_session_on(context_.get(), fd);
  if (session.ok()) SSL_set_accept_state(*session);
  return session;
}

Result<TlsClientContext> TlsClientContext::load(const TlsClientOptions &options) {
  TlsClientContext out;
  out.insecure_ = options.insecure;
  out.context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX *const context = out.context_.get();
  if (Status bad = set_defaults(context); !bad.ok()) return bad;
  SSL_CTX_set_verify(context, options.insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  if (!options.ca_file.empty()) {
    if (Status bad = use_ca_file(context, options.ca_file); !bad.ok()) return bad;
  } else if (SSL_CTX_set_default_verify_paths(context) != 1) {
    return Status::error("cannot load the system's certificates: " + openssl_reason());
  }
  if (options.certificate_file.empty() != options.key_file.empty())
    return Status::error("a client certificate and its key go together: name both files or neither");
  if (!options.certificate_file.empty())
    if (Status bad = use_certificate(context, options.certificate_file, options.key_file); !bad.ok()) return bad;
  if (options.alpn.empty()) return out;
  const std::string list = alpn_list(options.alpn);
  const auto *const wire = reinterpret_cast<const unsigned char *>(list.data());
  if (options.alpn.size() > 255 || SSL_CTX_set_alpn_protos(context, wire, static_cast<unsigned>(list.size())) != 0)
    return Status::error("\"" + options.alpn + "\" cannot be a protocol's name in TLS");
  return out;
}

Result<ssl_st *> TlsClientContext::new_session(int fd, std::string_view server_name) {
  const std::string name = plain_name(server_name);
  // Without a name any valid certificate of anybody would do.
  if (name.empty() && !insecure_) return Status::error("TLS wants the server's name, to check its certificate against");
  auto made = new_session_on(context_.get(), fd);
  if (!made.ok()) return made;
  SslPtr session(*made);
  SSL_set_connect_state(session.get());
  if (!insecure_)
    if (Status bad = expect_name(session.get(), name); !bad.ok()) return bad;
  if (!name.empty() && !is_address(name) && SSL_set_tlsext_host_name(session.get(), name.c_str()) != 1)
    return Status::error("\"" + name + "\" cannot be a server's name in TLS");
  return session.release();
}

}  // namespace signalbox::io
