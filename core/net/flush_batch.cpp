#include "core/net/flush_batch.hpp"

#include <algorithm>

namespace signalbox::net {
namespace {

// Up to this much is gathered into one run of bytes; above it the copy costs more than the kernel's list of pieces.
constexpr size_t kFlattenMax = 64 * 1024;

// How many frames at the beginning nobody else has, before one that others have as well.
size_t alone(std::span<Frame *const> frames) {
  size_t count = 0;
  while (count < frames.size() && !frames[count]->shared())
    if (++count > limits::kFlushAloneMax) return 0;
  return count < frames.size() ? count : 0;
}

}  // namespace

size_t FlushBatch::gather(std::span<Frame *const> frames, size_t offset, std::span<iovec> pieces) {
  size_t next = 0, filled = 0;
  const auto add = [&](std::string_view bytes) { pieces[filled++] = {const_cast<char *>(bytes.data()), bytes.size()}; };
  // Who is in the middle of a frame has fallen behind the others, and shares no run with them.
  if (offset > 0) {
    add(frames[next++]->wire().substr(offset));
    while (next < frames.size() && filled < pieces.size()) add(frames[next++]->wire());
    return filled;
  }
  const size_t before = alone(frames);
  while (next < before) add(frames[next++]->wire());
  size_t count = 0;
  const std::string_view run = flatten(frames.subspan(next), count);
  if (!run.empty()) {
    add(run);
    next += count;
    // More than a few are perhaps a run themselves, for the next write.
    if (frames.size() - next > limits::kFlushAloneMax) return filled;
  }
  while (next < frames.size() && filled < pieces.size()) add(frames[next++]->wire());
  return filled;
}

// The wire bytes of the first frames of `frames` (how many: `count`), or an empty view if they are better sent as they
// are.
std::string_view FlushBatch::flatten(std::span<Frame *const> frames, size_t &count) {
  count = 0;
  size_t size = 0;
  // What others have ends where they have something else; what nobody else has is gathered for this member alone.
  const bool shared = !frames.empty() && frames.front()->shared();
  while (count < frames.size() && size + frames[count]->wire().size() <= kFlattenMax &&
         (!shared || frames[count]->shared()))
    size += frames[count++]->wire().size();
  if (count < 2) return {};
  for (const Run &run : runs_)
    if (run.frames.size() == count && std::equal(run.frames.begin(), run.frames.end(), frames.begin(),
                                                 [](const FramePtr &kept, const Frame *f) { return kept.get() == f; }))
      return run.bytes;
  Run &run = runs_[next_];
  next_ = (next_ + 1) % runs_.size();
  run.frames.clear();
  run.bytes.clear();
  for (size_t i = 0; i < count; ++i) {
    frames[i]->retain();
    run.frames.push_back(FramePtr::adopt(frames[i]));
    run.bytes.append(frames[i]->wire());
  }
  return run.bytes;
}

void FlushBatch::forget() {
  for (Run &run : runs_) run.frames.clear();
  next_ = 0;
}

}  // namespace signalbox::net
