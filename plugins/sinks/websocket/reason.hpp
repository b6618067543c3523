// What a client is told when the host does not do what it asked for.  The words do not tell what is forbidden from what
// does not exist.  Pure; any thread.
#pragma once
#include <sbx/sbx.hpp>
#include <string_view>

#include "plugins/sinks/websocket/counters.hpp"

namespace websocket {

struct Reason {
  Error code;
  std::string_view text;
};

// Of log.subscribe, when it is not OK.
Reason reason_of_subscribe(sbx_status status);
// Of an answer that is not OK.
Reason reason_of(const sbx_subscribed &answer);
// Of a subscription that the host has ended; `code` as in sbx_subscribed.
Reason reason_of_end(uint32_t code);
// Of visitors.say, when it is not OK.
Reason reason_of_say(sbx_status status);

}  // namespace websocket
