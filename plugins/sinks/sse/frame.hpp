// Events as their readers get them: pieces of an event stream (HTML Living Standard, section 9.2, "Server-sent
// events") and entries of the poll's JSON.  Pure; any thread.
//
// Nothing can be injected: channels and names with control characters fit into no frame (fits), data is one line of
// `data:` for each of its lines, and JSON strings escape.
#pragma once
#include <cstdint>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

#include "plugins/sinks/sse/refusal.hpp"

namespace sse {

// Can this event be told at all?  Channel and name are text without control characters, data is JSON (or binary).
bool fits(const sbx_event &event);

// ---- the stream.  REQUIRES: fits(event)
std::string plain_frame(const sbx_event &event);     // `event:` is its name, `data:` its data
std::string envelope_frame(const sbx_event &event);  // an unnamed message of {"channel","event","data"}

// Events of this channel were lost.  It has no id: what it stands for has no place of its own in the log, so that the
// client's cursor stays where it was.
std::string gap_frame(std::string_view channel);
// This channel will send nothing, or nothing more.
std::string refused_frame(const RefusedChannel &refused);

// Who is in a presence channel, and how that changes (SBX_EVENT_PRESENCE), in either format.  Without an id: it is told
// anew to everybody who comes, and not replayed.  `members`: a JSON array.  REQUIRES: fits(event)
std::string members_frame(std::string_view channel, std::string_view members);
std::string presence_frame(const sbx_event &event);

// Moves the client's cursor without an event: at a blank line the last event id is set first, and only then an empty
// data buffer ends the dispatch (section 9.2.6).
std::string place_frame(std::string_view cursor);
std::string retry_frame(int64_t milliseconds);
inline constexpr std::string_view kHeartbeat = ": hb\n\n";

// ---- the poll
std::string poll_entry(const sbx_event &event);  // {"channel","event","data","id","cursor"}.  REQUIRES: fits(event)

}  // namespace sse
