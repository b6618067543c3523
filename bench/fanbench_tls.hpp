// The TLS side of a fanbench subscriber: a client that checks nothing, over a socket that does not block.
#pragma once
#include <errno.h>
#include <openssl/ssl.h>
#include <sys/types.h>

#include <cstddef>

inline SSL *tls_begin(int fd) {
  static SSL_CTX *context = [] {
    SSL_CTX *made = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_read_ahead(made, 1);  // a record in one read(), not its head and its body in two
    return made;
  }();
  SSL *tls = SSL_new(context);
  SSL_set_fd(tls, fd);
  SSL_set_connect_state(tls);
  return tls;
}

enum class Shaken { yes, no, failed };

inline Shaken tls_handshake(SSL *tls) {
  const int done = SSL_do_handshake(tls);
  if (done == 1) return Shaken::yes;
  const int why = SSL_get_error(tls, done);
  return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? Shaken::no : Shaken::failed;
}

// As recv() on such a socket.
inline ssize_t tls_read(SSL *tls, char *into, size_t size) {
  const int got = SSL_read(tls, into, int(size));
  if (got > 0) return got;
  const int why = SSL_get_error(tls, got);
  if (why == SSL_ERROR_ZERO_RETURN) return 0;
  errno = why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? EAGAIN : ECONNRESET;
  return -1;
}

inline void tls_end(SSL *&tls) {
  if (tls) SSL_free(tls);
  tls = nullptr;
}
