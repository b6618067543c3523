// Whatever bytes come, an HttpAnswerReader says the same however they are cut.  The first byte says into how long
// pieces, whether the request was HEAD, and how the connection ends.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "tests/http_client/answer_transcript.hpp"

using namespace signalbox::net::testing;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  AnswerCase given;
  given.to_head = (data[0] & 0x40) != 0;
  given.orderly = (data[0] & 0x80) == 0;
  const size_t piece = 1 + data[0] % 40;
  const std::string_view bytes(reinterpret_cast<const char *>(data) + 1, size - 1);
  if (answer_transcript(bytes, given, piece) != answer_transcript(bytes, given)) std::abort();
  return 0;
}
