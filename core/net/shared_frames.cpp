#include "core/net/shared_frames.hpp"

#include "core/base/limits.hpp"

namespace signalbox::net {
namespace {

sbx_str gap_of(const sbx_frame &frame) { return SBX_HAS(&frame, gap) ? frame.gap : sbx_str{}; }

size_t bytes_of(const sbx_frame &frame) {
  size_t bytes = frame.coalesce_key.len + gap_of(frame).len;
  for (size_t i = 0; i < frame.part_count; ++i) bytes += frame.parts[i].len;
  return bytes;
}

}  // namespace

SharedFrames::Kept::Kept(const sbx_frame &given, const void *owner, WsDeflater &deflater)
    : owner_(owner), encoded_(frame_, deflater) {
  bytes_.reserve(bytes_of(given));  // so that what points into it stays good
  parts_.reserve(given.part_count);
  for (size_t i = 0; i < given.part_count; ++i) parts_.push_back(copy(given.parts[i]));
  if (given.binary) binary_.assign(given.binary, given.binary + given.part_count);
  frame_.size = sizeof frame_;
  frame_.flags = given.flags;
  frame_.parts = parts_.data();
  frame_.binary = given.binary ? binary_.data() : nullptr;
  frame_.part_count = parts_.size();
  frame_.coalesce_key = copy(given.coalesce_key);
  frame_.gap = copy(gap_of(given));
}

sbx_str SharedFrames::Kept::copy(sbx_str given) {
  const size_t at = bytes_.size();
  if (given.len > 0) bytes_.append(given.ptr, given.len);
  return {bytes_.data() + at, given.len};
}

uint64_t SharedFrames::add(const sbx_frame &frame, const void *owner) {
  const size_t bytes = bytes_of(frame);
  if (kept_.size() >= limits::kSharedFramesMax || bytes_ + bytes > limits::kSharedBytesMax) return 0;
  bytes_ += bytes;
  kept_.emplace_back(frame, owner, deflater_);
  return uint64_t{turn_} << 32 | kept_.size();
}

Encodings *SharedFrames::find(uint64_t id, const void *owner) {
  const auto index = static_cast<uint32_t>(id);
  if (id >> 32 != turn_ || index == 0 || index > kept_.size()) return nullptr;
  Kept &kept = kept_[index - 1];
  return kept.owner() == owner ? &kept.encoded() : nullptr;
}

void SharedFrames::clear() {
  if (kept_.empty()) return;
  kept_.clear();
  bytes_ = 0;
  if (++turn_ == 0) turn_ = 1;
}

}  // namespace signalbox::net
