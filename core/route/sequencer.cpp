#include "core/route/sequencer.hpp"

#include <utility>

namespace signalbox {

Sequencer::Sequencer(uint64_t epoch, std::vector<Mailbox *> mailboxes, std::function<void(unsigned)> wake)
    : epoch_(epoch), mailboxes_(std::move(mailboxes)), wake_(std::move(wake)) {}

void Sequencer::place(std::vector<Placed> &events, unsigned own) {
  std::vector<char> to_wake(mailboxes_.size(), 0);
  {
    const std::lock_guard lock(mutex_);
    for (Placed &placed : events) {
      placed.event = Event::placed(std::move(placed.event), epoch_, ++seq_);
      placed.pipeline->ends.routed();
      for (size_t lane = 0; lane < mailboxes_.size(); ++lane)
        if (!placed.pipeline->sinks[lane].empty() && mailboxes_[lane]->put(placed)) to_wake[lane] = 1;
    }
  }
  events.clear();
  for (unsigned lane = 0; lane < to_wake.size(); ++lane)
    if (to_wake[lane] && lane != own) wake_(lane);
}

}  // namespace signalbox
