// The body of a publish request: {"channel","event","data","id"?}, or an array of 1 or more of them.  Everything is
// judged before anything is published, and by the host's own limits: once a body was read, no event of it is refused
// for what it says.  Pure, any thread.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace webhook {

struct PublishEvent {
  std::string channel, event;
  std::string_view data;  // JSON, as it stands in the body
  std::string id;         // empty = none was given
  bool operator==(const PublishEvent &) const = default;
};

// What is wrong with the body, in one sentence; nothing: `out` holds its events.
//   channel, event   needed, not empty, at most 1024 bytes, no control characters
//   id               not empty, at most 200 bytes, no control characters; null is as if it were left out
//   data             any JSON value, at most 16 MiB; null when it is left out
// Another key is a mistake (a misspelt "id" would be routed twice), and so is one that comes twice.
std::optional<std::string> read_publish_body(std::string_view body, size_t events_max, std::vector<PublishEvent> &out);

}  // namespace webhook
