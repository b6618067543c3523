// Random bytes fit for secrets (session ids, WebSocket keys, jitter).  Any thread.  There is no failure to handle: a
// machine that cannot give randomness cannot serve anybody, so the program ends with a plain message.
#pragma once
#include <cstddef>

namespace signalbox {
void random_bytes(void *out, size_t size);
}  // namespace signalbox
