// Putting PEM files into an OpenSSL context, with errors that name the file and the reason.  Included only by .cpp
// files of core/io that speak OpenSSL.
#pragma once
#include <openssl/ssl.h>

#include <string>

#include "core/base/status.hpp"

namespace signalbox::io {

// The first reason that OpenSSL noted on this thread, in its words; empties its queue.
std::string openssl_reason();

// Certificate chain and key, which must belong together.
Status use_certificate(SSL_CTX *context, const std::string &certificate_file, const std::string &key_file);
// The certificates to trust.
Status use_ca_file(SSL_CTX *context, const std::string &file);
// "expired on ..." and the like about the context's certificate, or nothing.
std::string certificate_warning(SSL_CTX *context, const std::string &certificate_file);

// What servers and clients have in common.
Status set_defaults(SSL_CTX *context);

}  // namespace signalbox::io
