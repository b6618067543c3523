#include "core/io/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <charconv>
#include <cstring>

#include "core/base/text.hpp"

namespace signalbox::io {
namespace {

constexpr std::string_view kUnix = "unix:";

Result<Address> parse_unix(std::string_view path) {
  Address a;
  auto *un = reinterpret_cast<sockaddr_un *>(&a.storage);
  if (path.empty() || path.size() >= sizeof un->sun_path)
    return Status::error("the path of a unix socket has 1 to 107 bytes, not " + std::to_string(path.size()));
  un->sun_family = AF_UNIX;
  std::memcpy(un->sun_path, path.data(), path.size());
  a.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return a;
}

bool parse_port(std::string_view text, uint16_t &port) {
  unsigned value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > 65535) return false;
  port = static_cast<uint16_t>(value);
  return true;
}

}  // namespace

Result<Address> parse_bind(std::string_view text) {
  if (text.starts_with(kUnix)) return parse_unix(text.substr(kUnix.size()));
  const size_t colon = text.rfind(':');
  uint16_t port = 0;
  if (colon == text.npos || !parse_port(text.substr(colon + 1), port))
    return Status::error("\"" + std::string(text) + "\" is not an address: write host:port, [::1]:port or unix:/path");
  std::string host(text.substr(0, colon));
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (equal_ignoring_case(host, "localhost")) host = "127.0.0.1";
  if (host == "*" || host.empty()) host = "0.0.0.0";
  Address a;
  auto *v4 = reinterpret_cast<sockaddr_in *>(&a.storage);
  auto *v6 = reinterpret_cast<sockaddr_in6 *>(&a.storage);
  if (inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    a.size = sizeof *v4;
  } else if (inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    a.size = sizeof *v6;
  } else {
    return Status::error("\"" + host + "\" is not an IP address: a listener binds to one, for example 0.0.0.0:6001");
  }
  return a;
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
