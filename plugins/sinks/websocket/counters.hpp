// Why clients are told off, refused and closed, with the words that they and metrics see; and the instance's counters.
// Lane only.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <sbx/sbx.hpp>

namespace websocket {

// The codes of error messages.
enum class Error : uint8_t {
  kBadMessage,
  kUnknownType,
  kBadChannel,
  kTooManyChannels,
  kForbidden,
  kNotSubscribed,
  kUnavailable,
  kUnauthorized,
  kExpired,
  kRateLimited,
  kTooBig,
};
inline constexpr size_t kErrors = 11;
const char *error_code(Error e);

// Requests that do not become WebSockets.
enum class Refusal : uint8_t { kNotWebSocket, kNotFound, kStopping, kRateLimited };
inline constexpr size_t kRefusals = 4;

enum class Close : uint8_t {
  kClient,    // it said so
  kLost,      // its connection ended
  kTimeout,   // no sign of life
  kSlow,      // its outbox overflowed
  kProtocol,  // it broke RFC 6455
  kTooBig,    // a message over the limit
  kBinary,
  kBadMessages,
  kRate,
  kIdle,  // in no channel
  kStopping,
  kError,
};
inline constexpr size_t kCloses = 12;

struct Counters {
  explicit Counters(sbx::Host host);
  sbx::Metric connections, subscriptions;  // gauges
  sbx::Metric opened, messages_in, client_events, events_unfit;
  std::array<sbx::Metric, kErrors> errors;
  std::array<sbx::Metric, kRefusals> refused;
  std::array<sbx::Metric, kCloses> closed;

  void count(Error e) const { errors[static_cast<size_t>(e)].add(); }
  void count(Refusal r) const { refused[static_cast<size_t>(r)].add(); }
  void count(Close c) const { closed[static_cast<size_t>(c)].add(); }
};

}  // namespace websocket
