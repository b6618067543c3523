#include "plugins/sinks/socketio/reasons.hpp"

namespace socketio {
namespace {

struct RefusalText {
  const char *message, *word;
};
constexpr std::array<RefusalText, kRefusals> kRefusalTexts = {{
    {"Transport unknown", "transport"},
    {"Session ID unknown", "unknown_sid"},
    {"Bad handshake method", "method"},
    {"Bad request", "bad_request"},
    {"Forbidden", "forbidden"},
    {"Unsupported protocol version", "version"},
}};
constexpr std::array<const char *, kCloseReasons> kCloseWords = {
    "client",          "transport", "ping_timeout", "parse",    "overlap",
    "connect_timeout", "slow",      "server",       "stopping", "replaced"};
constexpr std::array<const char *, kUnsubscribables> kUnsubscribableWords = {"bad_request", "restricted", "too_many",
                                                                             "not_admitted", "unavailable"};
constexpr const char *kRecoveries = "signalbox_socketio_recoveries_total";
constexpr const char *kRecoveriesHelp = "Clients that came back to a session, by how it went";

}  // namespace

const char *refusal_message(Refusal r) { return kRefusalTexts[static_cast<size_t>(r)].message; }
uint32_t refusal_status(Refusal r) { return r == Refusal::kForbidden ? 403 : 400; }
int unsubscribable_status(Unsubscribable why) {
  constexpr std::array<int, kUnsubscribables> kStatuses = {400, 403, 429, 403, 503};
  return kStatuses[static_cast<size_t>(why)];
}
const char *close_reason_word(CloseReason r) { return kCloseWords[static_cast<size_t>(r)]; }

Counters::Counters(sbx::Host host)
    : polling(host, 'g', "signalbox_socketio_clients", "Clients by transport", "transport", "polling"),
      websocket(host, 'g', "signalbox_socketio_clients", "Clients by transport", "transport", "websocket"),
      version3(host, 'g', "signalbox_socketio_clients_by_eio", "Clients by Engine.IO revision", "eio", "3"),
      version4(host, 'g', "signalbox_socketio_clients_by_eio", "Clients by Engine.IO revision", "eio", "4"),
      handshakes(host, 'c', "signalbox_socketio_handshakes_total", "Sessions opened"),
      packets_in(host, 'c', "signalbox_socketio_packets_in_total", "Engine.IO packets from clients"),
      events_ignored(host, 'c', "signalbox_socketio_client_events_ignored_total",
                     "Events sent by clients, which this mode does not take"),
      events_unfit(host, 'c', "signalbox_socketio_events_unfit_total",
                   "Events that no client could read: not JSON, not UTF-8, or with a reserved name"),
      recovered(host, 'c', kRecoveries, kRecoveriesHelp, "result", "recovered"),
      recovered_with_gap(host, 'c', kRecoveries, kRecoveriesHelp, "result", "gap"),
      recovery_unknown(host, 'c', kRecoveries, kRecoveriesHelp, "result", "unknown"),
      sessions_kept(host, 'g', "signalbox_socketio_sessions_kept", "Sessions that wait for their client to come back") {
  for (size_t i = 0; i < kRefusals; ++i)
    refused[i] =
        sbx::Metric(host, 'c', "signalbox_socketio_refused_total", "Requests refused", "reason", kRefusalTexts[i].word);
  for (size_t i = 0; i < kCloseReasons; ++i)
    closed[i] = sbx::Metric(host, 'c', "signalbox_socketio_closed_total", "Sessions ended", "reason", kCloseWords[i]);
  for (size_t i = 0; i < kUnsubscribables; ++i)
    unsubscribable[i] = sbx::Metric(host, 'c', "signalbox_socketio_subscriptions_refused_total",
                                    "Channels that a client did not get", "reason", kUnsubscribableWords[i]);
}

}  // namespace socketio
