// Whatever bytes come, an HttpParser says the same however they are cut.  The first byte says into how long pieces.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "tests/net/http_transcript.hpp"

using namespace signalbox::net::testing;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  const size_t piece = 1 + data[0] % 40;
  const std::string_view bytes(reinterpret_cast<const char *>(data) + 1, size - 1);
  const signalbox::net::HttpParser::Limits limits{2048, 5000};
  const std::string whole = http_transcript(bytes, limits);
  HttpTranscript cut(limits);
  for (size_t at = 0; at < bytes.size(); at += piece) cut.feed(bytes.substr(at, piece));
  if (cut.take() != whole) std::abort();
  return 0;
}
