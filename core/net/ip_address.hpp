// IpAddress and IpRange: numeric addresses as text, and CIDR ranges of them (RFC 4632, RFC 4291).  An IPv4 address that
// comes mapped into IPv6 (::ffff:1.2.3.4), as dual-stack sockets report it, is the IPv4 address.  Pure; any thread.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::net {

class IpAddress {
 public:
  static std::optional<IpAddress> parse(std::string_view text);
  // As it stands in X-Forwarded-For: also "1.2.3.4:5678", "[::1]" and "[::1]:5678".
  static std::optional<IpAddress> parse_with_port(std::string_view text);
  bool v4() const { return v4_; }
  std::string text() const;
  // What one customer usually has: the IPv4 address, or the IPv6 /64 ("2001:db8:1:2::/64").
  std::string network() const;
  bool operator==(const IpAddress &) const = default;

 private:
  friend class IpRange;
  std::array<uint8_t, 16> bytes_{};  // IPv4 in the first four
  bool v4_ = false;
};

class IpRange {
 public:
  // "10.0.0.0/8", "2001:db8::/32", or one address.  Bits behind the prefix do not matter.
  static std::optional<IpRange> parse(std::string_view text);
  bool contains(const IpAddress &address) const;

 private:
  IpAddress base_;
  unsigned bits_ = 0;
};

}  // namespace signalbox::net
