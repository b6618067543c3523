// RateLimits: how often somebody may connect to one sink, subscribe there and speak, by address, connection and
// principal (`sinks.<name>.limits`).  One for all lanes of a sink, owned by the World; any thread, under one mutex that
// is held for a few look-ups.  What is remembered is bounded (kRate... in limits.hpp).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/metrics.hpp"
#include "core/base/sink_rates.hpp"

namespace signalbox {

// All or nothing: what one bucket refuses costs the others nothing.  An IPv6 address counts by its /64, and what is no
// IP address (the peer of a Unix socket) or empty is not limited: it would be everybody at once.
class RateLimits {
 public:
  RateLimits(const SinkRates &rates, Metrics &metrics, const std::string &sink);
  ~RateLimits();
  RateLimits(const RateLimits &) = delete;
  RateLimits &operator=(const RateLimits &) = delete;

  // False: too often.
  bool connect(std::string_view address, int64_t now_ns);
  // `connection` is unique over all lanes.
  bool subscribe(uint64_t connection, std::string_view address, size_t channels, int64_t now_ns);
  // After the admission, which told the principal.
  bool subscribed_as(std::string_view principal, size_t channels, int64_t now_ns);
  bool say(uint64_t connection, std::string_view address, std::string_view principal, int64_t now_ns);
  // Do subscribes or client events count by address, so that it must be known later?
  bool by_address() const { return by_address_; }
  // It ended.
  void forget(uint64_t connection);

 private:
  struct Tables;
  std::unique_ptr<Tables> tables_;
  const bool by_address_;
};

}  // namespace signalbox
