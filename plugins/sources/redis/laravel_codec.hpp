// What Laravel's RedisBroadcaster publishes (5.1 to 13): {"event":E,"data":D,"socket":S}; 5.1 and 5.2 without socket.
// D is cut out of the payload as it stands: its keys keep their order, its numbers and escapes are not touched.  Since
// 5.4 D repeats the sender's socket id for everyone to read, so D's own member "socket" is taken out.
#pragma once
#include <string>
#include <string_view>

namespace redis {

struct Envelope {
  std::string event;
  std::string_view data;  // a piece of the payload, or of `owned`
  std::string except;     // the sender's socket id; empty = nobody is left out
  std::string owned;      // data, when something was taken out of it
};

// nullptr, or one word for why the payload is malformed: "json" (or nested deeper than PHP writes), "object",
// "event" (missing, empty or not a string).  `out` is overwritten; its strings keep their memory.
const char *decode_laravel(std::string_view payload, bool keep_socket, Envelope &out);

// Takes the members with this key out of an object, all else stays byte for byte.  False: there was nothing to take.
// REQUIRES: `object` is JSON
bool remove_member(std::string_view object, std::string_view key, std::string &out);

// codec: raw.  JSON stays as it is, other text becomes a JSON string (in `owned`), anything else is binary.
struct RawPayload {
  std::string_view data;
  bool binary = false;
};
RawPayload decode_raw(std::string_view payload, std::string &owned);

}  // namespace redis
