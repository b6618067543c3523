// TLS contexts: what a listener shows (TlsServerContext) and what an outbound stream trusts (TlsClientContext), as
// objects of OpenSSL with sane defaults: TLS 1.2 and later, no compression, no renegotiation.  They hand out sessions
// for non-blocking sockets.  A context belongs to one owner; calls on one context must not overlap.  Sessions live on
// without their context, on any thread, one at a time each.  The process must ignore SIGPIPE: OpenSSL writes with
// write(2).
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/status.hpp"

struct ssl_st;
struct ssl_ctx_st;

namespace signalbox::io {

struct SslContextFree {
  void operator()(ssl_ctx_st *context) const;
};
using SslContextPtr = std::unique_ptr<ssl_ctx_st, SslContextFree>;

struct TlsServerOptions {
  std::string certificate_file;  // PEM: the certificate, then its chain
  std::string key_file;          // PEM, without passphrase; may be the same file
};

class TlsServerContext {
 public:
  static Result<TlsServerContext> load(TlsServerOptions options);

  // A session that accepts on the descriptor, which stays the caller's.  The caller frees it (SSL_free).
  Result<ssl_st *> new_session(int fd);
  // Looks at the files (also behind links): true if they changed and new sessions show the new certificate, false if
  // they did not.  On an error the old certificate stays, and the error is not told again until the files change again.
  Result<bool> reload_if_changed();
  // What works but should be mended: an expired certificate, or one that is not valid yet.  Empty if all is well.
  const std::string &warning() const { return warning_; }

 private:
  // What tells one version of a file from another.
  struct Stamp {
    uint64_t device = 0, inode = 0, size = 0;
    int64_t changed_ns = 0;
    bool operator==(const Stamp &) const = default;
  };
  using Stamps = std::array<Stamp, 2>;
  static Stamps stamps(const TlsServerOptions &options);

  TlsServerOptions options_;
  Stamps seen_{};
  SslContextPtr context_;
  std::string warning_;
};

struct TlsClientOptions {
  std::string ca_file;           // PEM; empty: the system's
  std::string certificate_file;  // PEM chain to show if the server asks; empty: none
  std::string key_file;          // belongs to certificate_file
  bool insecure = false;         // any certificate will do: for trying things out
  std::string alpn;              // one protocol to offer, "http/1.1"; empty: none
};

class TlsClientContext {
 public:
  static Result<TlsClientContext> load(const TlsClientOptions &options);

  // A session that connects on the descriptor and wants a certificate for `server_name`, a host name or a numeric
  // address (also in brackets).  The caller frees it (SSL_free).
  Result<ssl_st *> new_session(int fd, std::string_view server_name);

 private:
  SslContextPtr context_;
  bool insecure_ = false;
};

}  // namespace signalbox::io
