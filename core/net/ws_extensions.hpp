// What of a client's Sec-WebSocket-Extensions is taken: permessage-deflate (RFC 7692 section 7.1), without context
// takeover on either side.  Pure; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/net/http_head.hpp"

namespace signalbox::net {

// The answer to the first offer that can be taken, over all headers of that name; nothing if there is none.  An offer
// that is malformed, that has a parameter twice or one unknown is passed over, as is one that wants the server to do
// with a smaller window than 32 KiB: what is sent is compressed once for everybody.
std::optional<std::string> ws_deflate_answer(const HttpHead &head);

}  // namespace signalbox::net
