// Replaying one kept request: what sbx.replay/1 wants of the source.  Lane only.
#pragma once
#include <cstdint>
#include <sbx/sbx.hpp>
#include <string_view>

#include "plugins/sources/webhook/verifier.hpp"

namespace webhook {

// Verifies it as of the time it came, and emits what it stands for today: the templates may be others by now, and what
// is emitted is new, whatever was seen before.  How many events, or an error after one line in the log.
int64_t replay_kept(sbx::Host host, const Verifier &verifier, std::string_view kept, int64_t received_ns);

}  // namespace webhook
