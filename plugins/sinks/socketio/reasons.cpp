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
    {"Too many connections from this address, try again later", "too_many"},
}};
constexpr std::array<const char *, kCloseReasons> kCloseWords = {
    "client",          "transport", "ping_timeout", "parse",    "overlap",
    "connect_timeout", "slow",      "server",       "stopping", "replaced"};
constexpr std::array<const char *, kUnsubscribables> kUnsubscribableWords = {
    "bad_request", "too_many", "unavailable", "not_admitted", "too_fast", "not_judged", "ended"};

struct SpokenText {
  const char *word, *message;
  uint32_t status;
};
constexpr std::array<SpokenText, kSpokens> kSpokenTexts = {{
    {"taken", "", 200},
    {"malformed", "a client event is an object with a channel, an event and data that is JSON", 400},
    {"forbidden", "you may not say this in this channel", 403},
    {"too_big", "this is more than one client event may carry", 413},
    {"too_fast", "these are too many client events, say less", 429},
    {"unavailable", "this connection is at its end", 503},
}};
constexpr const char *kRecoveries = "signalbox_socketio_recoveries_total";
constexpr const char *kRecoveriesHelp = "Clients that came back to a session, by how it went";

}  // namespace

const char *refusal_message(Refusal r) { return kRefusalTexts[static_cast<size_t>(r)].message; }
uint32_t refusal_status(Refusal r) {
  if (r == Refusal::kTooManyConnections) return 429;
  return r == Refusal::kForbidden ? 403 : 400;
}
uint32_t unsubscribable_status(Unsubscribable why) {
  constexpr std::array<uint32_t, kUnsubscribables> kStatuses = {400, 429, 503, 403, 429, 0, 401};
  return kStatuses[static_cast<size_t>(why)];
}
Unsubscribable unsubscribable_of(uint32_t code) {
  if (code == 429) return Unsubscribable::kTooFast;
  return code == 0 || code >= 500 ? Unsubscribable::kNotJudged : Unsubscribable::kNotAdmitted;
}
uint32_t spoken_status(Spoken s) { return kSpokenTexts[static_cast<size_t>(s)].status; }
const char *spoken_message(Spoken s) { return kSpokenTexts[static_cast<size_t>(s)].message; }
const char *close_reason_word(CloseReason r) { return kCloseWords[static_cast<size_t>(r)]; }

Counters::Counters(sbx::Host host)
    : polling(host, 'g', "signalbox_socketio_clients", "Clients by transport", "transport", "polling"),
      websocket(host, 'g', "signalbox_socketio_clients", "Clients by transport", "transport", "websocket"),
      version3(host, 'g', "signalbox_socketio_clients_by_eio", "Clients by Engine.IO revision", "eio", "3"),
      version4(host, 'g', "signalbox_socketio_clients_by_eio", "Clients by Engine.IO revision", "eio", "4"),
      handshakes(host, 'c', "signalbox_socketio_handshakes_total", "Sessions opened"),
      packets_in(host, 'c', "signalbox_socketio_packets_in_total", "Engine.IO packets from clients"),
      events_ignored(host, 'c', "signalbox_socketio_client_events_ignored_total",
                     "Events sent by clients that are none this mode takes"),
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
    unsubscribable[i] =
        sbx::Metric(host, 'c', "signalbox_socketio_subscriptions_refused_total",
                    "Channels that a client did not get, or not any longer", "reason", kUnsubscribableWords[i]);
  for (size_t i = 0; i < kSpokens; ++i)
    spoken[i] = sbx::Metric(host, 'c', "signalbox_socketio_client_events_total",
                            "Client events (whispers), by what became of them", "result", kSpokenTexts[i].word);
}

}  // namespace socketio
