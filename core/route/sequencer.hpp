// The sequencer gives accepted events their positions and puts them into every lane's mailbox in that order: all lanes
// see the same sequence, so one number says how far a client is, whatever its channels.  [any]
#pragma once
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "core/route/mailbox.hpp"

namespace signalbox {

class Sequencer {
 public:
  // `wake` is called for a lane whose mailbox was empty.
  Sequencer(uint64_t epoch, std::vector<Mailbox *> mailboxes, std::function<void(unsigned lane)> wake);
  // Places a turn's events; takes them.  `own` is the caller's lane: it looks into its mailbox anyway.
  void place(std::vector<Placed> &events, unsigned own);

 private:
  const uint64_t epoch_;
  const std::vector<Mailbox *> mailboxes_;
  const std::function<void(unsigned)> wake_;
  std::mutex mutex_;
  uint64_t seq_ = 0;
};

}  // namespace signalbox
