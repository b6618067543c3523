#include "core/io/ready_set.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "core/base/assert.hpp"
#include "core/base/limits.hpp"

namespace signalbox::io {
namespace {

constexpr uint64_t kIndexBits = 32;
constexpr uint32_t kHungUp = EPOLLHUP | EPOLLERR;  // told whether asked for or not
static_assert(EPOLLIN < 256 && EPOLLOUT < 256);

}  // namespace

ReadySet::ReadySet() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw std::system_error(errno, std::system_category(), "epoll_create1");
}

ReadySet::~ReadySet() { ::close(epoll_); }

ReadySet::Slot *ReadySet::find(WatchId id) {
  const auto index = static_cast<uint32_t>(id);
  if (id == 0 || index >= slots_.size()) return nullptr;
  Slot &slot = slots_[index];
  return slot.generation == id >> kIndexBits && slot.events ? &slot : nullptr;
}

WatchId ReadySet::add(int fd, FdEvents *events) {
  uint32_t index;
  if (free_.empty()) {
    index = static_cast<uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Slot &slot = slots_[index];
  slot.events = events;
  slot.fd = fd;
  slot.wants_read = slot.wants_write = slot.listed = false;
  slot.registered = 0;
  return uint64_t{slot.generation} << kIndexBits | index;
}

// Fails only for a lack of memory, or for a descriptor that cannot be watched, which none of ours is.
void ReadySet::set_registered(Slot &slot, WatchId id, uint32_t directions) {
  epoll_event event{};
  event.events = directions;
  event.data.u64 = id;
  const int done = ::epoll_ctl(epoll_, slot.listed ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, slot.fd, &event);
  SBX_ASSERT(done == 0);
  slot.listed = true;
  slot.registered = static_cast<uint8_t>(directions);
}

void ReadySet::take_out(Slot &slot) {
  if (!slot.listed) return;
  epoll_event unused{};
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, slot.fd, &unused);
  slot.listed = false;
  slot.registered = 0;
}

void ReadySet::want(WatchId id, uint32_t direction) {
  Slot *slot = find(id);
  if (!slot) return;
  (direction == EPOLLIN ? slot->wants_read : slot->wants_write) = true;
  if ((slot->registered & direction) == 0) set_registered(*slot, id, slot->registered | direction);
}

void ReadySet::want_read(WatchId id) { want(id, EPOLLIN); }
void ReadySet::want_write(WatchId id) { want(id, EPOLLOUT); }

void ReadySet::remove(WatchId id) {
  Slot *slot = find(id);
  if (!slot) return;
  take_out(*slot);
  give_back(*slot, id);
}

void ReadySet::remove_closing(WatchId id) {
  if (Slot *slot = find(id)) give_back(*slot, id);
}

void ReadySet::give_back(Slot &slot, WatchId id) {
  slot.events = nullptr;
  if (++slot.generation == 0) slot.generation = 1;
  free_.push_back(static_cast<uint32_t>(id));
}

void ReadySet::add_waker(int fd) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.u64 = 0;
  const int done = ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  SBX_ASSERT(done == 0);
}

int ReadySet::tell() {
  std::array<epoll_event, limits::kReadyBatch> events;
  const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i)
    tell_one(events[static_cast<size_t>(i)].data.u64, events[static_cast<size_t>(i)].events);
  return count > 0 ? count : 0;
}

// What is called may watch, want and unwatch, this one as well: slots move, so each is looked up again.
void ReadySet::tell_one(WatchId id, uint32_t ready) {
  bool told = false, read = false;
  if (Slot *slot = find(id); slot && slot->wants_read && (ready & (EPOLLIN | kHungUp)) != 0) {
    slot->wants_read = false;
    slot->events->on_readable();
    told = read = true;
  }
  if (Slot *slot = find(id); slot && slot->wants_write && (ready & (EPOLLOUT | kHungUp)) != 0) {
    slot->wants_write = false;
    slot->events->on_writable();
    told = true;
  }
  Slot *slot = find(id);
  if (!slot) return;
  if ((ready & kHungUp) != 0 && !told) return take_out(*slot);
  uint32_t unwanted = 0;
  // Who was told just now has most likely read it all, and asks again in a moment: what is left is told once in vain.
  if (!slot->wants_read && !read) unwanted |= ready & EPOLLIN;
  if (!slot->wants_write) unwanted |= ready & EPOLLOUT;
  if ((slot->registered & unwanted) != 0) set_registered(*slot, id, slot->registered & ~unwanted);
}

}  // namespace signalbox::io
