// Why requests are refused, streams end and polls are answered, with the words that metrics show; and the instance's
// counters.  Lane only.
#pragma once
#include <array>
#include <cstdint>
#include <sbx/sbx.hpp>

namespace sse {

enum class Refusal : uint8_t { kMethod, kPath, kWebSocket, kAccept, kQuery, kStopping, kRateLimited };
inline constexpr std::array<const char *, 7> kRefusalWords = {"method", "path",     "websocket",   "accept",
                                                              "query",  "stopping", "rate_limited"};

enum class StreamEnd : uint8_t { kClient, kSlow, kDead, kMaxAge, kRefused, kStopping };
inline constexpr std::array<const char *, 6> kStreamEndWords = {"client",  "slow",    "dead",
                                                                "max_age", "refused", "stopping"};

enum class PollEnd : uint8_t { kEvents, kGap, kEmpty, kRefused, kClient, kStopping };
inline constexpr std::array<const char *, 6> kPollEndWords = {"events",  "gap",    "empty",
                                                              "refused", "client", "stopping"};

struct Counters {
  explicit Counters(sbx::Host host)
      : streams(host, 'g', "signalbox_sse_streams", "Streams open now"),
        opened(host, 'c', "signalbox_sse_streams_opened_total", "Streams opened"),
        polls_open(host, 'g', "signalbox_sse_polls_open", "Polls that are being answered or wait"),
        unfit(host, 'c', "signalbox_sse_events_unfit_total",
              "Events that no client could read: not JSON, or with control characters in channel or name") {
    for (size_t i = 0; i < kRefusalWords.size(); ++i)
      refused[i] = {host, 'c', "signalbox_sse_refused_total", "Requests refused", "reason", kRefusalWords[i]};
    for (size_t i = 0; i < kStreamEndWords.size(); ++i)
      closed[i] = {host, 'c', "signalbox_sse_streams_closed_total", "Streams ended", "reason", kStreamEndWords[i]};
    for (size_t i = 0; i < kPollEndWords.size(); ++i)
      polls[i] = {host, 'c', "signalbox_sse_polls_total", "Polls ended", "outcome", kPollEndWords[i]};
  }
  void count(Refusal why) const { refused[static_cast<size_t>(why)].add(); }
  void count(StreamEnd why) const { closed[static_cast<size_t>(why)].add(); }
  void count(PollEnd why) const { polls[static_cast<size_t>(why)].add(); }

  sbx::Metric streams, opened, polls_open, unfit;
  std::array<sbx::Metric, kRefusalWords.size()> refused;
  std::array<sbx::Metric, kStreamEndWords.size()> closed;
  std::array<sbx::Metric, kPollEndWords.size()> polls;
};

}  // namespace sse
