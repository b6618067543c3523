// The descriptors of one lane in an epoll set of its own.  Asio watches the set as a single descriptor, so that one
// that waits costs a slot of 24 bytes here instead of an object, a lock and a pending operation there, and a batch of
// ready ones one call of the kernel.
//
// Level-triggered: what an owner leaves unread is told again when it asks again, and an end of the stream cannot be
// missed.  A direction stays registered after it was told, as it is nearly always wanted again; one that is ready while
// nobody wants it is taken out until somebody does.  [lane]
#pragma once
#include <cstdint>
#include <vector>

#include "core/io/lane.hpp"

namespace signalbox::io {

class ReadySet {
 public:
  ReadySet();
  ~ReadySet();
  ReadySet(const ReadySet &) = delete;
  ReadySet &operator=(const ReadySet &) = delete;

  int fd() const { return epoll_; }

  WatchId add(int fd, FdEvents *events);
  void want_read(WatchId id);
  void want_write(WatchId id);
  void remove(WatchId id);
  // ... of a descriptor that is closed right after this: with its last one, the kernel takes a file out by itself.
  void remove_closing(WatchId id);
  // One whose readiness makes tell() return and is nobody's: edge-triggered, for good.
  void add_waker(int fd);

  // Tells the owners of what is ready now, a batch at most; how many there were.
  int tell();

 private:
  struct Slot {
    FdEvents *events = nullptr;
    int fd = -1;
    uint32_t generation = 1;
    bool wants_read = false, wants_write = false;
    bool listed =
        false;  // is in the set at all: one that hung up and is not wanted is not, or it would be told for ever
    uint8_t registered = 0;
  };
  Slot *find(WatchId id);
  void want(WatchId id, uint32_t direction);
  void set_registered(Slot &slot, WatchId id, uint32_t directions);
  void take_out(Slot &slot);
  void give_back(Slot &slot, WatchId id);
  void tell_one(WatchId id, uint32_t ready);

  int epoll_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
};

}  // namespace signalbox::io
