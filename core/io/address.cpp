#include "core/io/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>

#include "core/base/assert.hpp"
#include "core/base/bind_address.hpp"
#include "core/base/text.hpp"

namespace signalbox::io {
namespace {

constexpr std::string_view kUnix = "unix:";

Address unix_address(const std::string &path) {
  Address a;
  auto *un = reinterpret_cast<sockaddr_un *>(&a.storage);
  un->sun_family = AF_UNIX;
  std::memcpy(un->sun_path, path.data(), path.size());
  a.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return a;
}

Address ip_address(const std::string &host, uint16_t port) {
  Address a;
  auto *v4 = reinterpret_cast<sockaddr_in *>(&a.storage);
  auto *v6 = reinterpret_cast<sockaddr_in6 *>(&a.storage);
  if (inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    a.size = sizeof *v4;
  } else {
    const int parsed = inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr);
    SBX_ASSERT(parsed == 1);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    a.size = sizeof *v6;
  }
  return a;
}

}  // namespace

Result<Address> parse_bind(std::string_view text) {
  const Result<BindAddress> bind = parse_bind_address(text);
  if (!bind.ok()) return Status::error("\"" + std::string(text) + "\" is no address to bind to: " + bind.message());
  if (!bind->path.empty()) return unix_address(bind->path);
  return ip_address(equal_ignoring_case(bind->host, "localhost") ? "127.0.0.1" : bind->host, bind->port);
}

std::string Address::text() const {
  char host[INET6_ADDRSTRLEN] = "";
  if (family() == AF_INET) {
    const auto *v4 = reinterpret_cast<const sockaddr_in *>(&storage);
    inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host);
    return std::string(host) + ":" + std::to_string(ntohs(v4->sin_port));
  }
  if (family() == AF_INET6) {
    const auto *v6 = reinterpret_cast<const sockaddr_in6 *>(&storage);
    inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host);
    return "[" + std::string(host) + "]:" + std::to_string(ntohs(v6->sin6_port));
  }
  return std::string(kUnix) + reinterpret_cast<const sockaddr_un *>(&storage)->sun_path;
}

PeerAddress peer_of(const Address &address) {
  PeerAddress peer;
  if (address.family() == AF_INET) {
    peer.bytes[10] = peer.bytes[11] = 0xff;
    std::memcpy(peer.bytes.data() + 12, &reinterpret_cast<const sockaddr_in *>(&address.storage)->sin_addr, 4);
  } else if (address.family() == AF_INET6) {
    std::memcpy(peer.bytes.data(), &reinterpret_cast<const sockaddr_in6 *>(&address.storage)->sin6_addr, 16);
  }
  return peer;
}

std::string PeerAddress::text() const {
  if (unix_socket()) return {};
  char out[INET6_ADDRSTRLEN] = "";
  const bool mapped = IN6_IS_ADDR_V4MAPPED(reinterpret_cast<const in6_addr *>(bytes.data()));
  if (mapped)
    inet_ntop(AF_INET, bytes.data() + 12, out, sizeof out);
  else
    inet_ntop(AF_INET6, bytes.data(), out, sizeof out);
  return out;
}

size_t PeerAddressHash::operator()(const PeerAddress &a) const {
  uint64_t high, low;
  std::memcpy(&high, a.bytes.data(), 8);
  std::memcpy(&low, a.bytes.data() + 8, 8);
  return std::hash<uint64_t>{}(high * 0x9e3779b97f4a7c15u ^ low);
}

}  // namespace signalbox::io
