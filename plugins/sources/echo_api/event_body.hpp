// The body of POST …/events, as laravel-echo-server takes it: {"channel" | "channels", "name", "data", "socket_id"?}.
// Everything is judged before anything is published, and by the host's own limits: once a body was read, no event of it
// is refused for what it says.  Pure, any thread.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace echo_api {

// As many as Pusher's API takes, for which there are client libraries.
inline constexpr size_t kChannelsMax = 100;

struct EventBody {
  std::vector<std::string> channels;  // each once, in the order said
  std::string name, data, socket_id;  // `data` is one JSON value
  bool operator==(const EventBody &) const = default;
};

// What is wrong with the body, in one sentence; nothing: `out` is what it says.
//   channel     a string: not empty, at most 1024 bytes, no control characters
//   channels    an array of 1 to 100 of those; it counts where both are there, and null is as if it were left out
//   name        as a channel
//   data        any JSON value but null, at most 16 MiB; a string whose text is JSON is that JSON
//   socket_id   a string of at most 512 bytes; null and "" are as if it were left out
// Another key means nothing, as there.  One of these that comes twice is a mistake: parsers disagree on which counts.
std::optional<std::string> read_event_body(std::string_view body, EventBody &out);

}  // namespace echo_api
