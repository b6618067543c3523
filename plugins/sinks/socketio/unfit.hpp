// Events that no Socket.IO client could read.  Pure; any thread.
#pragma once
#include <sbx/sbx.hpp>
#include <string_view>

namespace socketio {

// Why no client could read this event under this name; empty = all can.
std::string_view unfit(const sbx_event &event, std::string_view name);

}  // namespace socketio
