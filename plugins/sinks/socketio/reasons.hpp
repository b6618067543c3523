// Why requests are refused and sessions end, with the words that metrics, logs and clients see; and the instance's
// counters.  Lane only.
#pragma once
#include <array>
#include <cstdint>
#include <sbx/sbx.hpp>

namespace socketio {

// Codes and messages as Engine.IO clients know them; the last one is ours.
enum class Refusal : uint8_t {
  kUnknownTransport = 0,
  kUnknownSid = 1,
  kBadMethod = 2,
  kBadRequest = 3,
  kForbidden = 4,
  kUnsupportedVersion = 5,
  kTooManyConnections = 6,  // from this address, too fast
};
inline constexpr size_t kRefusals = 7;
const char *refusal_message(Refusal r);
uint32_t refusal_status(Refusal r);

enum class CloseReason : uint8_t {
  kClient,     // it said so
  kTransport,  // its connection ended
  kPingTimeout,
  kParse,           // it broke the protocol
  kOverlap,         // two polls, or two posts, at once
  kConnectTimeout,  // no namespace in time
  kSlow,            // its outbox overflowed
  kServer,          // we said so
  kStopping,        // signalbox stops
  kReplaced,        // its session went on over another connection
};
inline constexpr size_t kCloseReasons = 10;
const char *close_reason_word(CloseReason r);

// Why a channel was not joined.
enum class Unsubscribable : uint8_t {
  kBadRequest,   // no channel was named
  kTooMany,      // over channels_max, or too many credentials
  kUnavailable,  // the host could not begin
  // The host has said no, with a code:
  kNotAdmitted,
  kTooFast,    // 429
  kNotJudged,  // 0, 5xx: nobody could say
  kEnded,      // it was admitted, until now
};
inline constexpr size_t kUnsubscribables = 7;
// As a subscription_error says it: statuses of HTTP.
uint32_t unsubscribable_status(Unsubscribable why);
// What the host's code counts as.
Unsubscribable unsubscribable_of(uint32_t code);

// What became of a client event (a whisper).
enum class Spoken : uint8_t { kTaken, kMalformed, kForbidden, kTooBig, kTooFast, kUnavailable };
inline constexpr size_t kSpokens = 6;
uint32_t spoken_status(Spoken s);
// For the client.
const char *spoken_message(Spoken s);

struct Counters {
  explicit Counters(sbx::Host host);
  sbx::Metric polling, websocket;  // gauges: clients by transport
  sbx::Metric version3, version4;  // gauges: clients by Engine.IO revision
  sbx::Metric handshakes, packets_in, events_ignored, events_unfit;
  sbx::Metric recovered, recovered_with_gap, recovery_unknown, sessions_kept;
  std::array<sbx::Metric, kRefusals> refused;
  std::array<sbx::Metric, kCloseReasons> closed;
  std::array<sbx::Metric, kUnsubscribables> unsubscribable;
  std::array<sbx::Metric, kSpokens> spoken;
};

}  // namespace socketio
