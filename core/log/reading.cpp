#include "core/log/reading.hpp"

#include <utility>

#include "core/base/limits.hpp"

namespace signalbox {

LogPage gap_page(const LogQuery &query) {
  LogPage page;
  page.upto = query.upto;
  for (const LogQuery::Channel &channel : query.channels)
    page.channels.push_back({channel.after.value_or(query.upto), channel.after.value_or(0) < query.upto});
  return page;
}

ReadingThread::ReadingThread(std::function<LogPage(const LogQuery &)> answer)
    : answer_(std::move(answer)), thread_([this] { run(); }) {}

ReadingThread::~ReadingThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wanted_.notify_one();
  thread_.join();
}

void ReadingThread::ask(LogQuery query, std::function<void(LogPage)> done) {
  {
    const std::lock_guard lock(mutex_);
    const bool refused = waiting_ >= limits::kLogReadsMax;
    if (refused) {
      jobs_.push_back({{}, true, gap_page(query), std::move(done), nullptr});
    } else {
      ++waiting_;
      jobs_.push_back({std::move(query), false, {}, std::move(done), nullptr});
    }
  }
  wanted_.notify_one();
}

void ReadingThread::run_later(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back({{}, true, {}, nullptr, std::move(work)});
  }
  wanted_.notify_one();
}

void ReadingThread::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wanted_.wait(lock, [&] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    waiting_ -= job.refused ? 0 : 1;
    lock.unlock();
    if (job.work)
      job.work();
    else
      job.done(job.refused ? std::move(job.gaps) : answer_(job.query));
    job.done = nullptr;  // whatever they hold goes without the lock
    job.work = nullptr;
    lock.lock();
  }
}

}  // namespace signalbox
