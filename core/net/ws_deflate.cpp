#include "core/net/ws_deflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <new>
#include <string>
#include <utility>

#include "core/base/limits.hpp"
#include "core/net/utf8.hpp"
#include "core/net/ws_codec.hpp"

namespace signalbox::net {
namespace {

// A message is one flush of DEFLATE without the empty block that ends it (RFC 7692 section 7.2.1).
constexpr std::string_view kTail{"\x00\x00\xff\xff", 4};

constexpr int kRawWindowBits = -15;  // negative: DEFLATE without zlib's header
// Events come out as small as from the default level (6), in three quarters of its time.
constexpr int kLevel = 4;
// Small tables: without context takeover they are cleared for every message.
constexpr int kMemoryLevel = 6;

// z_stream.data_type: the decoder has just come to the end of a block that is not the last one, and no bit is left
// over.
constexpr int kBetweenBlocks = 128;

// zlib reads through a pointer that is not const.
void set_input(z_stream &z, std::string_view bytes) {
  z.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
}

void give_back(std::string &buffer) {
  if (buffer.size() <= limits::kDeflateKeptMax) return;
  buffer.clear();
  buffer.shrink_to_fit();
}

}  // namespace

// ---- out

struct WsDeflater::State {
  State() {
    if (deflateInit2(&z, kLevel, Z_DEFLATED, kRawWindowBits, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
  }
  ~State() { deflateEnd(&z); }

  z_stream z{};
  std::string out;
};

WsDeflater::WsDeflater() = default;
WsDeflater::~WsDeflater() = default;

std::string_view WsDeflater::deflate(std::string_view message) {
  if (message.size() < limits::kDeflateMin || message.size() > limits::kDeflateMax) return {};
  if (!state_) state_ = std::make_unique<State>();
  z_stream &z = state_->z;
  std::string &out = state_->out;
  give_back(out);
  // Room for one byte less than the message with the tail: what does not fit is not worth it.
  if (out.size() < message.size() + kTail.size()) out.resize(message.size() + kTail.size());
  deflateReset(&z);
  set_input(z, message);
  z.next_out = reinterpret_cast<Bytef *>(out.data());
  z.avail_out = static_cast<uInt>(message.size() + kTail.size() - 1);
  if (::deflate(&z, Z_SYNC_FLUSH) != Z_OK || z.avail_in > 0 || z.avail_out == 0) return {};
  const std::string_view made(out.data(), z.total_out);
  return made.ends_with(kTail) ? made.substr(0, made.size() - kTail.size()) : std::string_view{};
}

// ---- in

struct WsInflater::State {
  State() {
    if (inflateInit2(&z, kRawWindowBits) != Z_OK) throw std::bad_alloc();
  }
  ~State() { inflateEnd(&z); }

  void begin(size_t message_max, bool is_text);
  uint16_t feed(std::string_view bytes);
  uint16_t take(size_t fresh);
  // Whether a block has just ended: not in the middle of one, which the tail would have been taken for a part of.
  bool between_blocks() const { return ended || z.data_type == kBetweenBlocks; }

  z_stream z{};
  std::string out;
  size_t size = 0;  // of the message in `out`
  size_t max = 0;
  bool text = false, ended = false;
  Utf8Validator utf8;
};

void WsInflater::State::begin(size_t message_max, bool is_text) {
  give_back(out);
  size = 0;
  max = std::min<size_t>(message_max, limits::kWsMessageMax);
  text = is_text;
  utf8 = {};
  ended = false;
  inflateReset(&z);
}

// `fresh` more bytes are in `out`.
uint16_t WsInflater::State::take(size_t fresh) {
  const std::string_view piece(out.data() + size, fresh);
  size += fresh;
  if (size > max) return kWsTooBig;
  return text && !utf8.feed(piece) ? kWsInvalidText : 0;
}

uint16_t WsInflater::State::feed(std::string_view bytes) {
  set_input(z, bytes);
  for (;;) {
    // A block marked as the last one of its stream ends no message: more may follow (RFC 7692 section 7.2.3.4).
    if (std::exchange(ended, false)) inflateResetKeep(&z);
    // One byte more than the limit is enough to see that it is passed.
    if (size == out.size()) out.resize(std::min(max + 1, std::max(limits::kInflateStep, size * 2)));
    const size_t room = std::min({out.size(), max + 1, size + limits::kDeflateKeptMax}) - size;
    z.next_out = reinterpret_cast<Bytef *>(out.data() + size);
    z.avail_out = static_cast<uInt>(room);
    const int result = ::inflate(&z, Z_SYNC_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) return kWsInvalidText;
    if (const uint16_t code = take(room - z.avail_out); code != 0) return code;
    ended = result == Z_STREAM_END;
    if (z.avail_in == 0 && (ended || z.avail_out > 0)) return 0;
  }
}

WsInflater::WsInflater() = default;
WsInflater::~WsInflater() = default;

uint16_t WsInflater::inflate(std::string_view payload, size_t message_max, bool text, std::string_view &message) {
  if (payload.size() > ws_compressed_max(limits::kWsMessageMax)) return kWsTooBig;
  if (!state_) state_ = std::make_unique<State>();
  State &s = *state_;
  s.begin(message_max, text);
  uint16_t code = s.feed(payload);
  // Nothing but the tail is missing, unless the sender ended its stream without the byte that RFC 7692 wants there.
  if (code == 0 && !s.ended) code = s.feed(kTail);
  if (code != 0) return code;
  if (!s.between_blocks() || (text && !s.utf8.complete())) return kWsInvalidText;
  message = {s.out.data(), s.size};
  return 0;
}

}  // namespace signalbox::net
