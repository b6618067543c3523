#include "plugins/sinks/websocket/counters.hpp"

namespace websocket {
namespace {

constexpr std::array<const char *, kErrors> kErrorCodes = {
    "bad_message", "unknown_type", "bad_channel", "too_many_channels", "forbidden", "not_subscribed",
    "unavailable", "unauthorized", "expired",     "rate_limited",      "too_big"};
constexpr std::array<const char *, kRefusals> kRefusalWords = {"not_websocket", "not_found", "stopping",
                                                               "rate_limited"};
constexpr std::array<const char *, kCloses> kCloseWords = {"client",   "lost",    "timeout",  "slow",
                                                           "protocol", "too_big", "binary",   "bad_messages",
                                                           "rate",     "idle",    "stopping", "error"};

}  // namespace

const char *error_code(Error e) { return kErrorCodes[static_cast<size_t>(e)]; }

Counters::Counters(sbx::Host host)
    : connections(host, 'g', "signalbox_websocket_connections", "WebSockets that are open"),
      subscriptions(host, 'g', "signalbox_websocket_subscriptions", "Channels of open WebSockets, summed"),
      opened(host, 'c', "signalbox_websocket_opened_total", "WebSockets opened"),
      messages_in(host, 'c', "signalbox_websocket_messages_in_total", "Messages from clients"),
      client_events(host, 'c', "signalbox_websocket_client_events_total", "Events that clients said to others"),
      events_unfit(host, 'c', "signalbox_websocket_events_unfit_total",
                   "Events that no client could read: not JSON, or a name that is not UTF-8") {
  for (size_t i = 0; i < kErrors; ++i)
    errors[i] = sbx::Metric(host, 'c', "signalbox_websocket_errors_total", "Error messages sent to clients", "code",
                            kErrorCodes[i]);
  for (size_t i = 0; i < kRefusals; ++i)
    refused[i] = sbx::Metric(host, 'c', "signalbox_websocket_refused_total", "Requests that became no WebSocket",
                             "reason", kRefusalWords[i]);
  for (size_t i = 0; i < kCloses; ++i)
    closed[i] =
        sbx::Metric(host, 'c', "signalbox_websocket_closed_total", "WebSockets closed", "reason", kCloseWords[i]);
}

}  // namespace websocket
