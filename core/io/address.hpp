// Where a listener binds and where a peer is: "host:port", "[::1]:port" or "unix:/path" as text, socket address inside.
#pragma once
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/status.hpp"

namespace signalbox::io {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  int family() const { return storage.ss_family; }
  const sockaddr *get() const { return reinterpret_cast<const sockaddr *>(&storage); }
  std::string text() const;  // "127.0.0.1:6001", "[::1]:6001", "unix:/run/x.sock"
};

// Text of a `bind:`, as core/base/bind_address.hpp reads it.
Result<Address> parse_bind(std::string_view text);

// A peer's IP address in 16 bytes (IPv4 mapped into IPv6); all zero for a unix socket.
struct PeerAddress {
  std::array<uint8_t, 16> bytes{};
  bool operator==(const PeerAddress &) const = default;
  bool unix_socket() const { return *this == PeerAddress{}; }
  std::string text() const;  // "127.0.0.1", "::1", "" for a unix socket
};
PeerAddress peer_of(const Address &address);
struct PeerAddressHash {
  size_t operator()(const PeerAddress &a) const;
};

}  // namespace signalbox::io
