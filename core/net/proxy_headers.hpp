// What proxies in front say about a client (X-Forwarded-For, -Proto, -Host), and whom to believe: only peers that
// `trusted_proxies:` names.  Immutable after construction; any thread may ask.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/net/http_head.hpp"
#include "core/net/ip_address.hpp"

namespace signalbox::net {

class TrustedProxies {
 public:
  TrustedProxies() = default;  // trusts nobody
  // Entries are addresses, CIDR ranges, or "unix" for peers on a unix socket.
  static Result<TrustedProxies> parse(const std::vector<std::string> &entries);
  // `peer` is a numeric address; anything else is a unix socket's peer.
  bool nobody() const { return ranges_.empty() && !unix_; }
  bool trusts(std::string_view peer) const;
  bool trusts(const IpAddress &address) const;

 private:
  std::vector<IpRange> ranges_;
  bool unix_ = false;
};

// The client's address: the peer, or if that is a trusted proxy, the rightmost address in X-Forwarded-For that is not
// one. Where the list ends or turns to nonsense, the last believable address counts.
std::string client_address(std::string_view peer, const HttpHead &head, const TrustedProxies &trusted);

// Whether the browser used TLS, by the rightmost word of X-Forwarded-Proto; nothing if the peer is not trusted or does
// not say http or https (ws, wss).
std::optional<bool> forwarded_tls(std::string_view peer, const HttpHead &head, const TrustedProxies &trusted);

// The host that the browser asked for, by the rightmost word of X-Forwarded-Host; empty if not trusted or not said.
std::string_view forwarded_host(std::string_view peer, const HttpHead &head, const TrustedProxies &trusted);

}  // namespace signalbox::net
