#include "core/io/posted.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace signalbox::io {

Posted::Posted() : wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (wake_fd_ < 0) throw std::system_error(errno, std::system_category(), "eventfd");
}

Posted::~Posted() { ::close(wake_fd_); }

void Posted::post(std::function<void()> fn) {
  {
    const std::lock_guard lock(mutex_);
    functions_.push_back(std::move(fn));
  }
  wake();
}

// Either the lane sees `wanted_` before it sleeps, or we see that it sleeps: both are in one order for all threads.
void Posted::wake() {
  if (wanted_.exchange(true)) return;
  if (asleep_.load()) ::eventfd_write(wake_fd_, 1);
}

bool Posted::may_sleep() {
  if (left_) return false;
  asleep_.store(true);
  if (!wanted_.load()) return true;
  awake();
  return false;
}

// Older ones that were left come first, and alone: who wanted something meanwhile was told once, so it is looked for
// again in the next turn.
void Posted::run(int most) {
  const bool older = !running_.empty();
  if (!older) {
    const std::lock_guard lock(mutex_);
    running_.swap(functions_);
  }
  for (; most > 0 && !running_.empty(); --most) {
    const std::function<void()> fn = std::move(running_.front());
    running_.pop_front();
    fn();
  }
  left_ = older || !running_.empty();
}

bool Posted::drop() {
  std::deque<std::function<void()>> gone;
  {
    const std::lock_guard lock(mutex_);
    gone.swap(functions_);
  }
  const bool some = !gone.empty() || !running_.empty();
  gone.clear();
  std::exchange(running_, {}).clear();
  return some;
}

}  // namespace signalbox::io
