#include "tests/connection/far_server.hpp"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

namespace signalbox::testing {

FarPeer::~FarPeer() {
  if (ssl_ != nullptr && farewell_) SSL_shutdown(ssl_);
  SSL_free(ssl_);
  ::close(fd_);
}

size_t FarPeer::read(char *into, size_t size) {
  const auto got = ssl_ != nullptr ? SSL_read(ssl_, into, static_cast<int>(size)) : ::recv(fd_, into, size, 0);
  return got > 0 ? static_cast<size_t>(got) : 0;
}

std::string FarPeer::request() {
  std::string all;
  char buffer[4096];
  for (;;) {
    const size_t end = all.find("\r\n\r\n"), length = all.find("Content-Length: ");
    const size_t body = length < end ? static_cast<size_t>(std::strtoul(all.c_str() + length + 16, nullptr, 10)) : 0;
    if (end != std::string::npos && all.size() >= end + 4 + body) return all;
    const size_t got = read(buffer, sizeof buffer);
    if (got == 0) return all;
    all.append(buffer, got);
  }
}

void FarPeer::say(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ssl_ != nullptr ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                                      : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the client had enough
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

void FarPeer::wait_for_end() {
  char buffer[64];
  while (read(buffer, sizeof buffer) > 0) {
  }
}

void FarPeer::reset() {
  farewell_ = false;
  if (ssl_ != nullptr) return;
  const linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

FarServer::FarServer(Talk talk, const std::string &certificate, const std::string &key) : talk_(std::move(talk)) {
  if (!certificate.empty()) {
    context_ = SSL_CTX_new(TLS_server_method());
    REQUIRE(SSL_CTX_use_certificate_chain_file(context_, certificate.c_str()) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey_file(context_, key.c_str(), SSL_FILETYPE_PEM) == 1);
  }
  listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  REQUIRE(::bind(listening_, reinterpret_cast<sockaddr *>(&at), size) == 0);
  REQUIRE(::listen(listening_, 512) == 0);
  REQUIRE(::getsockname(listening_, reinterpret_cast<sockaddr *>(&at), &size) == 0);
  port_ = ntohs(at.sin_port);
  accepting_ = std::thread([this] {
    for (int fd; (fd = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
      ++accepted_;
      talks_.emplace_back([this, fd] { serve(fd); });
    }
  });
}

FarServer::~FarServer() {
  ::shutdown(listening_, SHUT_RDWR);
  accepting_.join();
  for (std::thread &talk : talks_) talk.join();
  ::close(listening_);
  SSL_CTX_free(context_);
}

void FarServer::serve(int fd) {
  ssl_st *ssl = nullptr;
  if (context_ != nullptr) {
    ssl = SSL_new(context_);
    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) != 1) {
      SSL_free(ssl);
      ::close(fd);
      return;
    }
  }
  FarPeer peer(fd, ssl);
  talk_(peer);
}

}  // namespace signalbox::testing
