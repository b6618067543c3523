// The thread on which the store is read: replays that memory cannot answer, one after the other.  The queue is bounded;
// who comes when it is full is told gaps, in the same order.  What waits when this is destroyed is dropped.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "core/log/event_log.hpp"

namespace signalbox {

// What a reader is told when the disk is not asked: nothing, and a gap in every channel.
LogPage gap_page(const LogQuery &query);

class ReadingThread {
 public:
  explicit ReadingThread(std::function<LogPage(const LogQuery &)> answer);
  ~ReadingThread();
  ReadingThread(const ReadingThread &) = delete;
  ReadingThread &operator=(const ReadingThread &) = delete;
  void ask(LogQuery query, std::function<void(LogPage)> done);  // [any]
  // Some other reading, which its caller bounds.  [any]
  void run_later(std::function<void()> work);

 private:
  struct Job {
    LogQuery query;
    bool refused;
    LogPage gaps;  // of a refused one, whose query is not kept
    std::function<void(LogPage)> done;
    std::function<void()> work;  // if there is one, nothing else counts
  };
  void run();

  const std::function<LogPage(const LogQuery &)> answer_;
  std::mutex mutex_;
  std::condition_variable wanted_;
  std::deque<Job> jobs_;
  size_t waiting_ = 0;  // jobs that are not refused
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace signalbox
