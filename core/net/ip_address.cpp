#include "core/net/ip_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace signalbox::net {
namespace {

constexpr std::array<uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned kMappedBits = 96;

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  char zero_ended[INET6_ADDRSTRLEN] = {};
  if (text.empty() || text.size() >= sizeof zero_ended || text.find('\0') != std::string_view::npos)
    return std::nullopt;
  std::memcpy(zero_ended, text.data(), text.size());
  IpAddress out;
  if (inet_pton(AF_INET, zero_ended, out.bytes_.data()) == 1) {
    out.v4_ = true;
    return out;
  }
  if (inet_pton(AF_INET6, zero_ended, out.bytes_.data()) != 1) return std::nullopt;
  if (std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), out.bytes_.begin())) {
    std::copy(out.bytes_.begin() + kMappedPrefix.size(), out.bytes_.end(), out.bytes_.begin());
    std::fill(out.bytes_.begin() + 4, out.bytes_.end(), uint8_t{0});
    out.v4_ = true;
  }
  return out;
}

std::optional<IpAddress> IpAddress::parse_with_port(std::string_view text) {
  if (!text.empty() && text[0] == '[') {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    if (close + 1 < text.size() && text[close + 1] != ':') return std::nullopt;
    return parse(text.substr(1, close - 1));
  }
  // One colon is a port; an IPv6 address has at least two.
  if (std::count(text.begin(), text.end(), ':') == 1) text = text.substr(0, text.find(':'));
  return parse(text);
}

std::string IpAddress::text() const {
  char out[INET6_ADDRSTRLEN] = {};
  return inet_ntop(v4_ ? AF_INET : AF_INET6, bytes_.data(), out, sizeof out) != nullptr ? out : std::string();
}

std::string IpAddress::network() const {
  if (v4_) return text();
  IpAddress first = *this;
  std::fill(first.bytes_.begin() + 8, first.bytes_.end(), uint8_t{0});
  return first.text() + "/64";
}

std::optional<IpRange> IpRange::parse(std::string_view text) {
  const size_t slash = text.find('/');
  const std::string_view base = text.substr(0, slash);
  const auto address = IpAddress::parse(base);
  if (!address) return std::nullopt;
  IpRange out;
  out.base_ = *address;
  const unsigned all = address->v4() ? 32 : 128;
  out.bits_ = all;
  if (slash == std::string_view::npos) return out;
  const std::string_view digits = text.substr(slash + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out.bits_);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  // A mapped address carries the length of its IPv6 form.
  if (address->v4() && base.find(':') != std::string_view::npos) {
    if (out.bits_ < kMappedBits) return std::nullopt;
    out.bits_ -= kMappedBits;
  }
  return out.bits_ <= all ? std::optional(out) : std::nullopt;
}

bool IpRange::contains(const IpAddress &address) const {
  if (address.v4_ != base_.v4_) return false;
  const unsigned whole = bits_ / 8, rest = bits_ % 8;
  if (!std::equal(base_.bytes_.begin(), base_.bytes_.begin() + whole, address.bytes_.begin())) return false;
  if (rest == 0) return true;
  const unsigned differing = static_cast<unsigned>(base_.bytes_[whole] ^ address.bytes_[whole]);
  return differing >> (8 - rest) == 0;
}

}  // namespace signalbox::net
