// Any bytes from Redis, cut anywhere: the first byte of each piece says how long it is (0 = the rest).  The same bytes
// in one piece must give the same events.
#include <cstdint>
#include <cstdlib>

#include "redis_fixture.hpp"

namespace {

constexpr const char *kConfig = R"({"url":"redis://r","channels":["a"],"patterns":["*","b?"],"codec":"raw",
                                    "payload_max":64})";

std::string talk_of(const uint8_t *data, size_t size, size_t piece_of[], size_t &pieces, size_t pieces_max) {
  std::string talk;
  for (size_t i = 0; i < size && pieces < pieces_max;) {
    size_t n = data[i++];
    if (n == 0 || n > size - i) n = size - i;
    talk.append(reinterpret_cast<const char *>(data + i), n);
    piece_of[pieces++] = n;
    i += n;
  }
  return talk;
}

void play(redis_test::Source &s) {
  s.plugin.start();
  s.net.open(s.conn());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  constexpr size_t kPiecesMax = 256;
  size_t piece_of[kPiecesMax], pieces = 0;
  const std::string talk = talk_of(data, size, piece_of, pieces, kPiecesMax);

  redis_test::Source whole(kConfig), cut(kConfig);
  play(whole);
  whole.say(talk);
  play(cut);
  size_t at = 0;
  for (size_t i = 0; i < pieces; ++i) {
    cut.say(std::string_view(talk).substr(at, piece_of[i]));
    at += piece_of[i];
  }
  if (whole.host.emitted != cut.host.emitted || whole.host.ready != cut.host.ready) std::abort();
  if (whole.net[1].state != cut.net[1].state) std::abort();
  if (cut.net[1].state == sbx::testing::FakeStream::Stream::kClosed) {
    cut.until_dial();
    if (cut.net.dialled() < 2) std::abort();
  }
  cut.plugin.stop();
  if (!cut.host.stopped) std::abort();
  return 0;
}
