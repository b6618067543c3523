// The server's side of the WebSocket opening handshake (RFC 6455 section 4.2): is it asked for, is it right, and what
// Sec-WebSocket-Accept answers it.  Pure functions; any thread.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/net/http_head.hpp"

namespace signalbox::net {

inline constexpr std::string_view kWsVersion = "13";

// The request wants a WebSocket, rightly or wrongly: it has `Connection: upgrade` and `Upgrade: websocket`.
bool ws_upgrade_asked(const HttpHead &head);

// ... and is a handshake indeed: a proxy may put the two headers above on every request, but not the handshake's own.
bool ws_tried(const HttpHead &head);

// The request speaks of another protocol version than 13: answer 426 with `Sec-WebSocket-Version: 13`, else 400.
// REQUIRES: ws_accept_key() failed
bool ws_version_wrong(const HttpHead &head);

// The value for Sec-WebSocket-Accept, or why the handshake is refused.
Result<std::string> ws_accept_key(const HttpHead &head);

// What the client offers in Sec-WebSocket-Protocol, in its order, over all headers of that name; nothing if one of them
// is not a token or comes twice.
std::vector<std::string> ws_subprotocols(const HttpHead &head);

}  // namespace signalbox::net
