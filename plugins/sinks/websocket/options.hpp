// The sink's options, as schema.json describes them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

namespace websocket {

struct Options {
  std::string listener, path;
  size_t channels_max = 100;
  uint64_t message_max = 64u << 10;
  uint64_t messages_per_second = 50;  // 0 = no limit
  int64_t ping_ns = 0, pong_ns = 0, idle_ns = 0;
  bool compression = true;
  sbx_outbox outbox{sizeof(sbx_outbox), SBX_OUTBOX_DISCONNECT, 16u << 20};
};

// Nothing when something is wrong, after problem() said what.
std::optional<Options> read_options(sbx::Host host, std::string_view config_json);

}  // namespace websocket
