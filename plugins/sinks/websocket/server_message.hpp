// What a client is told: each function makes one JSON text.  Pure; any thread.
#pragma once
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

#include "plugins/sinks/websocket/counters.hpp"

namespace websocket {

// `ref` everywhere: raw JSON as the client sent it, or empty.  REQUIRES: text arguments are UTF-8

// `cursor` may be empty: then none is safe to be shown yet.
std::string welcome_message(std::string_view id, std::string_view cursor);
// `members`: a JSON array, of a presence channel; else empty.
std::string subscribed_message(std::string_view channel, std::string_view cursor, bool recovered,
                               std::string_view members, std::string_view ref);
std::string unsubscribed_message(std::string_view channel, std::string_view ref);
std::string gap_message(std::string_view channel);
std::string sent_message(std::string_view ref);
std::string pong_message(std::string_view ref);
// `channel` may be empty: then it concerns none.
std::string error_message(Error code, std::string_view text, std::string_view channel, std::string_view ref);

// Nothing when no client could read it: data that is not JSON, or a name that is not UTF-8.  Binary data becomes a
// base64 string, with "encoding":"base64" beside it.
std::optional<std::string> event_message(const sbx_event &event);

// A change of a presence channel's members (SBX_EVENT_PRESENCE).  Nothing when it is none that a client could read.
std::optional<std::string> presence_message(const sbx_event &event);

}  // namespace websocket
