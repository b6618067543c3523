// What a client may say: one JSON object a message, told apart by `type`.  Members that are not known here are passed
// over, so that newer clients can say more.  Pure; any thread.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "plugins/sinks/websocket/counters.hpp"

namespace websocket {

// Nesting of a message: `auth` may hold a document of its own.
inline constexpr int kMessageDepthMax = 32;
// A reference is said back as it came.
inline constexpr size_t kRefMax = 256;
// The host takes no longer names.
inline constexpr size_t kChannelMax = 1024;

struct ClientMessage {
  enum class Type { kSubscribe, kUnsubscribe, kEvent, kPing, kBad } type = Type::kBad;
  std::string channel;               // decoded
  std::string since;                 // a cursor, or whatever else was given as one; empty = none
  std::string_view auth;             // raw JSON, what it offers for being admitted; empty = nothing
  std::string event;                 // decoded: the name of what it says to the others
  std::string_view data;             // ... raw JSON
  std::string_view ref;              // raw JSON, a number or a string; empty = none.  Points into the message.
  Error error = Error::kBadMessage;  // of kBad
  std::string_view why;              // ... in words
};

ClientMessage read_client_message(std::string_view text);

}  // namespace websocket
