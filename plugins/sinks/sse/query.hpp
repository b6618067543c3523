// What a client asks for: `?channel=pay.7&channel=news&since=CURSOR&format=envelope&wait=25`.  `token` is
// shown to whoever admits; fields that are not ours are passed over.  One `since` is for all channels; as many as
// `channel` are for one each, in the same order (empty: none), because a client that joined them over different
// connections is at another place in each.  Any other number is refused: to guess whose they are would be to lose
// events.  Pure; any thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sse {

// The longest name of a channel that the host takes.
inline constexpr size_t kChannelBytesMax = 1024;

struct Query {
  std::vector<std::string> channels;  // each once, in the order asked; at least one
  std::string since;                  // as given, however wrong: that a cursor is none, the host says
  std::vector<std::string> sinces;    // one for each channel, when there is more than one; else empty
  std::string token;                  // decoded; empty = none
  std::string auth;                   // of all channels: the token as a JSON string
  bool envelope = false;
  int64_t wait_s = 0;
  // Where the reading of channels[i] goes on.
  const std::string &since_of(size_t i) const { return sinces.empty() ? since : sinces[i]; }
};

struct ParsedQuery {
  Query query;
  std::string problem;  // empty = fine; else one sentence for the client
};

ParsedQuery parse_query(std::string_view text, size_t channels_max);

}  // namespace sse
