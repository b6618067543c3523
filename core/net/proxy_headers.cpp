#include "core/net/proxy_headers.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "core/net/authority.hpp"

namespace signalbox::net {
namespace {

// Takes the last element off a comma list.
std::string_view last_in_list(std::string_view &list) {
  const size_t comma = list.rfind(',');
  const std::string_view last = trim(comma == std::string_view::npos ? list : list.substr(comma + 1));
  list = comma == std::string_view::npos ? std::string_view{} : list.substr(0, comma);
  return last;
}

std::string_view rightmost(const HttpHead &head, std::string_view name) {
  for (auto h = head.headers.rbegin(); h != head.headers.rend(); ++h) {
    if (h->name != name) continue;
    std::string_view list = h->value;
    return last_in_list(list);
  }
  return {};
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string> &entries) {
  TrustedProxies out;
  for (const std::string &entry : entries) {
    if (entry == "unix") {
      out.unix_ = true;
    } else if (const auto range = IpRange::parse(entry)) {
      out.ranges_.push_back(*range);
    } else {
      return Status::error("\"" + entry + "\" is not an address range; write 10.0.0.0/8, ::1 or unix");
    }
  }
  return out;
}

bool TrustedProxies::trusts(const IpAddress &address) const {
  return std::any_of(ranges_.begin(), ranges_.end(), [&](const IpRange &range) { return range.contains(address); });
}

bool TrustedProxies::trusts(std::string_view peer) const {
  if (nobody()) return false;
  const auto address = IpAddress::parse(peer);
  return address ? trusts(*address) : unix_;
}

std::string client_address(std::string_view peer, const HttpHead &head, const TrustedProxies &trusted) {
  if (trusted.nobody()) return std::string(peer);
  const auto direct = IpAddress::parse(peer);
  std::string best = direct ? direct->text() : std::string(peer);
  if (!trusted.trusts(peer)) return best;
  size_t hops = 0;
  for (auto h = head.headers.rbegin(); h != head.headers.rend(); ++h) {
    if (h->name != "x-forwarded-for") continue;
    std::string_view list = h->value;
    while (!list.empty()) {
      const auto hop = IpAddress::parse_with_port(last_in_list(list));
      if (!hop || ++hops > limits::kProxyHopsMax) return best;
      best = hop->text();
      if (!trusted.trusts(*hop)) return best;
    }
  }
  return best;
}

std::optional<bool> forwarded_tls(std::string_view peer, const HttpHead &head, const TrustedProxies &trusted) {
  if (!trusted.trusts(peer)) return std::nullopt;
  const std::string_view word = rightmost(head, "x-forwarded-proto");
  if (equal_ignoring_case(word, "https") || equal_ignoring_case(word, "wss")) return true;
  if (equal_ignoring_case(word, "http") || equal_ignoring_case(word, "ws")) return false;
  return std::nullopt;
}

std::string_view forwarded_host(std::string_view peer, const HttpHead &head, const TrustedProxies &trusted) {
  if (!trusted.trusts(peer)) return {};
  const std::string_view host = rightmost(head, "x-forwarded-host");
  return parse_authority(host) ? host : std::string_view{};
}

}  // namespace signalbox::net
