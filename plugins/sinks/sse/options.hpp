// The sink's options, as schema.json describes them.
#pragma once
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

namespace sse {

struct Options {
  std::string listener, path = "/events";
  int64_t retry_ns = 2 * sbx::kSecondNs;
  int64_t heartbeat_ns = 25 * sbx::kSecondNs;
  int64_t dead_after_ns = 60 * sbx::kSecondNs;
  int64_t max_age_ns = 0;  // 0 = streams live as long as they like
  int64_t wait_max_ns = 60 * sbx::kSecondNs;
  size_t channels_max = 100;
  size_t poll_events_max = 1000;
  sbx_outbox outbox{sizeof(sbx_outbox), SBX_OUTBOX_DISCONNECT, 16u << 20};
};

// Nothing when something is wrong, after problem() said what.
std::optional<Options> read_options(sbx::Host host, std::string_view config_json);

}  // namespace sse
