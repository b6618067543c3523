// A listener of the YAML as all lanes share it: its limits, its allow-lists, its certificate and who is connected.
// Made before the lanes run; the functions are [any thread].
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/metrics.hpp"
#include "core/base/status.hpp"
#include "core/io/address.hpp"
#include "core/io/tls.hpp"
#include "core/net/origin.hpp"
#include "core/net/proxy_headers.hpp"

namespace signalbox::net {

struct ListenerLimits {
  uint64_t connections = 100'000, per_ip = 1000;
  uint64_t body = 1 << 20, message = 1 << 20;
  size_t headers = 32 << 10;
  int64_t handshake_ns = 10'000'000'000;
};

struct ListenerOptions {
  std::string name, bind;
  std::string certificate, key;  // PEM files; empty = plain
  std::vector<std::string> origins, trusted_proxies;
  std::vector<std::pair<std::string, std::string>> files;  // URL path -> file or directory
  ListenerLimits limits;
};

class Listener {
 public:
  static Result<std::unique_ptr<Listener>> make(ListenerOptions options, Metrics &metrics);
  ~Listener();
  Listener(const Listener &) = delete;
  Listener &operator=(const Listener &) = delete;

  const std::string &name() const { return options_.name; }
  const std::string &bind() const { return options_.bind; }
  const ListenerLimits &limits() const { return options_.limits; }
  const OriginPolicy &origins() const { return origins_; }
  const TrustedProxies &proxies() const { return proxies_; }
  const std::vector<std::pair<std::string, std::string>> &files() const { return options_.files; }
  bool tls() const { return !options_.certificate.empty(); }

  // A new server-side TLS session over `fd`, or why not.
  Result<ssl_st *> tls_session(int fd);
  // Takes a changed certificate; the old one stays when the new one is unfit.  true: a new one is in use.
  Result<bool> reload_certificate();

  // Counts a connection in, or says which limit refuses it.  What was admitted must leave() once.
  enum class Admission { admitted, too_many, too_many_of_address };
  Admission admit(const io::PeerAddress &peer);
  void leave(const io::PeerAddress &peer);
  uint64_t connections() const { return connections_.load(std::memory_order_relaxed); }

  struct Counters {
    Counter accepted, requests, refused_limit, refused_address, refused_origin, bad_requests, timeouts, websockets;
  };
  Counters count;

 private:
  Listener(ListenerOptions options, TrustedProxies proxies);
  bool exempt(const io::PeerAddress &peer) const;

  const ListenerOptions options_;
  const OriginPolicy origins_;
  const TrustedProxies proxies_;
  std::mutex tls_mutex_;
  std::unique_ptr<io::TlsServerContext> tls_;
  std::atomic<uint64_t> connections_{0};
  Metrics *metrics_ = nullptr;  // which shows connections_
  MetricId gauge_ = 0;
  std::mutex addresses_mutex_;
  std::unordered_map<io::PeerAddress, uint32_t, io::PeerAddressHash> addresses_;
};

}  // namespace signalbox::net
