// Frames that are flushed to many members in the same combination, as one run of bytes: the copy is made once and the
// kernel is given one piece instead of dozens.  A member's queue is cut into runs that others have as well and frames
// of its own, which go as pieces of the same write.  Owned by a Fanout, for the time of a flush.  [lane]
#pragma once
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.hpp"
#include "core/event/frame.hpp"

namespace signalbox::net {

class FlushBatch {
 public:
  // What one write is to carry: the bytes of the first frames of a queue, in order, of which `offset` are gone already.
  // Answers how many of `pieces` were filled; good until the next call.
  size_t gather(std::span<Frame *const> frames, size_t offset, std::span<iovec> pieces);
  void forget();

 private:
  struct Run {
    std::vector<FramePtr> frames;
    std::string bytes;
  };
  std::string_view flatten(std::span<Frame *const> frames, size_t &count);

  std::array<Run, limits::kFlushRunsMax> runs_;
  size_t next_ = 0;  // which of them is used next
};

}  // namespace signalbox::net
