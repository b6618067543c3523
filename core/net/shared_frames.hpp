// Frames that a plugin posts to one member after the other, such as the events of a replay: each is kept as it was
// given until the end of the turn, and encoded once for each wire that somebody has.  So all receivers have the same
// frames waiting, which FlushBatch sees.  Owned by a Fanout; ids are stale from the flush on.  [lane]
#pragma once
#include <sbx/sbx.h>

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "core/net/wire.hpp"

namespace signalbox::net {

class SharedFrames {
 public:
  explicit SharedFrames(WsDeflater &deflater) : deflater_(deflater) {}

  // `owner`: who may find it again.  0: there is no room for it in this turn.
  uint64_t add(const sbx_frame &frame, const void *owner);
  // nullptr: it is stale, or somebody else's.
  Encodings *find(uint64_t id, const void *owner);
  void clear();

 private:
  // A frame with bytes of its own.
  class Kept {
   public:
    Kept(const sbx_frame &given, const void *owner, WsDeflater &deflater);
    Kept(const Kept &) = delete;
    Kept &operator=(const Kept &) = delete;
    const void *owner() const { return owner_; }
    Encodings &encoded() { return encoded_; }

   private:
    sbx_str copy(sbx_str given);

    const void *owner_;
    std::string bytes_;
    std::vector<sbx_str> parts_;
    std::vector<uint8_t> binary_;
    sbx_frame frame_{};
    Encodings encoded_;
  };

  WsDeflater &deflater_;
  std::deque<Kept> kept_;  // theirs stay where they are
  size_t bytes_ = 0;
  uint32_t turn_ = 1;  // those that had any: the upper half of ids
};

}  // namespace signalbox::net
