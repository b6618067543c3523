#include "core/net/listener.hpp"

#include <algorithm>
#include <array>

#include "core/base/log.hpp"

namespace signalbox::net {

Listener::Listener(ListenerOptions options, TrustedProxies proxies)
    : options_(std::move(options)), origins_(options_.origins), proxies_(std::move(proxies)) {}

Listener::~Listener() {
  if (metrics_) metrics_->retire(gauge_);
}

Result<std::unique_ptr<Listener>> Listener::make(ListenerOptions options, Metrics &metrics) {
  Result<TrustedProxies> proxies = TrustedProxies::parse(options.trusted_proxies);
  if (!proxies.ok()) return proxies.status();
  std::unique_ptr<Listener> made(new Listener(std::move(options), proxies.take()));
  const MetricLabels labels{{"listener", made->name()}};
  auto refused = [&](const char *reason) {
    return metrics.counter("signalbox_refused_total", "Connections and requests refused by the listener.",
                           {{"listener", made->name()}, {"reason", reason}});
  };
  made->count.accepted = metrics.counter("signalbox_accepted_total", "Connections accepted.", labels);
  made->count.requests = metrics.counter("signalbox_http_requests_total", "HTTP requests whose head was read.", labels);
  made->count.websockets = metrics.counter("signalbox_websockets_total", "WebSocket handshakes done.", labels);
  made->count.refused_limit = refused("connections");
  made->count.refused_address = refused("per_ip");
  made->count.refused_origin = refused("origin");
  made->count.bad_requests = refused("bad_request");
  made->count.timeouts = refused("timeout");
  if (made->tls()) {
    Result<io::TlsServerContext> tls = io::TlsServerContext::load({made->options_.certificate, made->options_.key});
    if (!tls.ok()) return tls.status();
    made->tls_ = std::make_unique<io::TlsServerContext>(tls.take());
    if (!made->tls_->warning().empty()) log(Level::warn, "listener/" + made->name(), made->tls_->warning());
  }
  made->gauge_ = metrics.make_gauge("signalbox_connections", "Connections open now.", labels,
                                    [listener = made.get()] { return static_cast<double>(listener->connections()); });
  made->metrics_ = &metrics;
  return made;
}

Result<ssl_st *> Listener::tls_session(int fd) {
  const std::lock_guard lock(tls_mutex_);
  return tls_->new_session(fd);
}

Result<bool> Listener::reload_certificate() {
  if (!tls()) return false;
  const std::lock_guard lock(tls_mutex_);
  return tls_->reload_if_changed();
}

namespace {

// Whom the limit of an address counts: an IPv6 client can take a new address for every connection from the /64 that it
// was given (RFC 6177), so that is what counts.
io::PeerAddress counted(io::PeerAddress peer) {
  constexpr std::array<uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const bool v4 = std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), peer.bytes.begin());
  if (!v4) std::fill(peer.bytes.begin() + 8, peer.bytes.end(), uint8_t{0});
  return peer;
}

}  // namespace

bool Listener::exempt(const io::PeerAddress &peer) const { return peer.unix_socket() || proxies_.trusts(peer.text()); }

Listener::Admission Listener::admit(const io::PeerAddress &peer) {
  if (connections_.fetch_add(1, std::memory_order_relaxed) >= options_.limits.connections) {
    connections_.fetch_sub(1, std::memory_order_relaxed);
    return Admission::too_many;
  }
  if (exempt(peer)) return Admission::admitted;
  const std::lock_guard lock(addresses_mutex_);
  uint32_t &held = addresses_[counted(peer)];
  if (held >= options_.limits.per_ip) {
    connections_.fetch_sub(1, std::memory_order_relaxed);
    return Admission::too_many_of_address;
  }
  ++held;
  return Admission::admitted;
}

void Listener::leave(const io::PeerAddress &peer) {
  connections_.fetch_sub(1, std::memory_order_relaxed);
  if (exempt(peer)) return;
  const std::lock_guard lock(addresses_mutex_);
  auto it = addresses_.find(counted(peer));
  if (it != addresses_.end() && --it->second == 0) addresses_.erase(it);
}

}  // namespace signalbox::net
