#include "core/plugin/rate_limits.hpp"

#include <mutex>
#include <optional>

#include "core/base/bucket_table.hpp"
#include "core/base/limits.hpp"
#include "core/net/ip_address.hpp"

namespace signalbox {
namespace {

using ByName = BucketTable<std::string>;  // addresses, principals
using ByConnection = BucketTable<uint64_t>;

// Empty: not limited.
std::string network_of(std::string_view address) {
  const std::optional<net::IpAddress> parsed = net::IpAddress::parse_with_port(address);
  return parsed ? parsed->network() : std::string();
}

// One rule of a sink: its buckets and what they refused.
template <class Table>
struct Rule {
  Table buckets;
  Counter refused;

  Rule(const Rate &rate, size_t entries_max, Metrics &metrics, const std::string &sink, const char *name)
      : buckets(rate, entries_max) {
    if (rate.limits())
      refused = metrics.counter("signalbox_limited_total", "Times that a sink's rate limits said no",
                                {{"sink", sink}, {"rule", name}});
  }
  bool allows(typename Table::View key, double wanted, int64_t now_ns) {
    const bool allowed = buckets.has(key, wanted, now_ns);
    if (!allowed) refused.add();
    return allowed;
  }
};

}  // namespace

struct RateLimits::Tables {
  std::mutex mutex;  // guards all of it
  Rule<ByName> connects_address;
  Rule<ByConnection> subscribes_connection;
  Rule<ByName> subscribes_address, subscribes_principal;
  Rule<ByConnection> says_connection;
  Rule<ByName> says_address, says_principal;

  Tables(const SinkRates &rates, Metrics &metrics, const std::string &sink)
      : connects_address(rates.connects_address, limits::kRateAddressesMax, metrics, sink, "connects_per_address"),
        subscribes_connection(rates.subscribes_connection, limits::kRateConnectionsMax, metrics, sink,
                              "subscribes_per_connection"),
        subscribes_address(rates.subscribes_address, limits::kRateAddressesMax, metrics, sink,
                           "subscribes_per_address"),
        subscribes_principal(rates.subscribes_principal, limits::kRatePrincipalsMax, metrics, sink,
                             "subscribes_per_principal"),
        says_connection(rates.says_connection, limits::kRateConnectionsMax, metrics, sink,
                        "client_events_per_connection"),
        says_address(rates.says_address, limits::kRateAddressesMax, metrics, sink, "client_events_per_address"),
        says_principal(rates.says_principal, limits::kRatePrincipalsMax, metrics, sink, "client_events_per_principal") {
  }
};

RateLimits::RateLimits(const SinkRates &rates, Metrics &metrics, const std::string &sink)
    : tables_(std::make_unique<Tables>(rates, metrics, sink)),
      by_address_(rates.subscribes_address.limits() || rates.says_address.limits()) {}

RateLimits::~RateLimits() = default;

bool RateLimits::connect(std::string_view address, int64_t now_ns) {
  Rule<ByName> &rule = tables_->connects_address;
  if (!rule.buckets.limits()) return true;
  const std::string network = network_of(address);
  if (network.empty()) return true;
  const std::lock_guard lock(tables_->mutex);
  if (!rule.allows(network, 1, now_ns)) return false;
  rule.buckets.take(network, 1, now_ns);
  return true;
}

bool RateLimits::subscribe(uint64_t connection, std::string_view address, size_t channels, int64_t now_ns) {
  Rule<ByConnection> &own = tables_->subscribes_connection;
  Rule<ByName> &shared = tables_->subscribes_address;
  const std::string network = shared.buckets.limits() ? network_of(address) : std::string();
  if (!own.buckets.limits() && network.empty()) return true;
  const auto wanted = static_cast<double>(channels);
  const std::lock_guard lock(tables_->mutex);
  if (!own.allows(connection, wanted, now_ns)) return false;
  if (!network.empty() && !shared.allows(network, wanted, now_ns)) return false;
  own.buckets.take(connection, wanted, now_ns);
  if (!network.empty()) shared.buckets.take(network, wanted, now_ns);
  return true;
}

bool RateLimits::subscribed_as(std::string_view principal, size_t channels, int64_t now_ns) {
  Rule<ByName> &rule = tables_->subscribes_principal;
  if (!rule.buckets.limits() || principal.empty()) return true;
  const auto wanted = static_cast<double>(channels);
  const std::lock_guard lock(tables_->mutex);
  if (!rule.allows(principal, wanted, now_ns)) return false;
  rule.buckets.take(principal, wanted, now_ns);
  return true;
}

bool RateLimits::say(uint64_t connection, std::string_view address, std::string_view principal, int64_t now_ns) {
  Rule<ByConnection> &own = tables_->says_connection;
  Rule<ByName> &shared = tables_->says_address;
  Rule<ByName> &person = tables_->says_principal;
  const std::string network = shared.buckets.limits() ? network_of(address) : std::string();
  const bool named = person.buckets.limits() && !principal.empty();
  if (!own.buckets.limits() && network.empty() && !named) return true;
  const std::lock_guard lock(tables_->mutex);
  if (!own.allows(connection, 1, now_ns)) return false;
  if (!network.empty() && !shared.allows(network, 1, now_ns)) return false;
  if (named && !person.allows(principal, 1, now_ns)) return false;
  own.buckets.take(connection, 1, now_ns);
  if (!network.empty()) shared.buckets.take(network, 1, now_ns);
  if (named) person.buckets.take(principal, 1, now_ns);
  return true;
}

void RateLimits::forget(uint64_t connection) {
  const bool any = tables_->subscribes_connection.buckets.limits() || tables_->says_connection.buckets.limits();
  if (!any) return;
  const std::lock_guard lock(tables_->mutex);
  tables_->subscribes_connection.buckets.forget(connection);
  tables_->says_connection.buckets.forget(connection);
}

}  // namespace signalbox
