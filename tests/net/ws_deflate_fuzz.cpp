// Whatever bytes come where compressed messages were agreed on, a WsDecoder says the same however they are cut and
// whatever the lane's inflater has read for others meanwhile, and no message is longer than its limit.  The first byte
// says into how long pieces.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "tests/net/ws_transcript.hpp"

using namespace signalbox::net;
using namespace signalbox::net::testing;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  const size_t piece = 1 + data[0] % 40;
  const std::string_view bytes(reinterpret_cast<const char *>(data) + 1, size - 1);
  constexpr size_t kMessageMax = 3000;
  WsInflater own, shared;
  WsTranscript whole(kMessageMax, &own), cut(kMessageMax, &shared);
  whole.feed(bytes);
  std::string_view message;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    cut.feed(bytes.substr(at, piece));
    if (shared.inflate(bytes.substr(at), kMessageMax, false, message) == 0 && message.size() > kMessageMax)
      std::abort();
  }
  if (cut.text != whole.text) std::abort();
  return 0;
}
