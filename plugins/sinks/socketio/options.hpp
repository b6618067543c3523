// The sink's options, as schema.json describes them.
#pragma once
#include <optional>
#include <sbx/sbx.hpp>
#include <string_view>

#include "plugins/sinks/socketio/echo.hpp"
#include "plugins/sinks/socketio/engine.hpp"

namespace socketio {

struct Options {
  EngineOptions engine;
  int64_t connect_timeout_ns = 45 * sbx::kSecondNs;
  bool echo = false;  // the mode; else broadcast
  EchoOptions channels;
  int client = 4;  // version of the files to serve; 0 = none
  sbx_outbox outbox{sizeof(sbx_outbox), SBX_OUTBOX_DISCONNECT, 16u << 20};
};

// Nothing when something is wrong, after problem() said what.
std::optional<Options> read_options(sbx::Host host, std::string_view config_json);

}  // namespace socketio
