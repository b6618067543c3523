// Where lines go: the only file that knows spdlog.  The lines are made by us (log_line.cpp), spdlog owns queue and
// thread.
#include "core/base/log.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <utility>

#include "core/base/clock.hpp"
#include "core/base/text.hpp"

namespace signalbox {
namespace {

// A line is one fwrite.  spdlog's own console sinks share one lock in the whole process: a stderr that takes nothing
// would hold up even the making of the next sink.
class Sink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit Sink(std::FILE *stream) : stream_(stream) {}

 private:
  void sink_it_(const spdlog::details::log_msg &line) override {
    std::fwrite(line.payload.data(), 1, line.payload.size(), stream_);
    std::fflush(stream_);
  }
  void flush_() override {}

  std::FILE *stream_;
};

struct Output {
  std::shared_ptr<spdlog::details::thread_pool> pool;  // none: lines are written at once
  std::shared_ptr<spdlog::logger> logger;
};

// Written on the thread that logs, by the sink itself under its lock.
Output direct_output(std::FILE *stream) {
  return {nullptr, std::make_shared<spdlog::logger>("signalbox", std::make_shared<Sink>(stream))};
}

Output queued_output(std::FILE *stream) {
  auto pool = std::make_shared<spdlog::details::thread_pool>(limits::kLogQueueLines, 1);
  auto logger = std::make_shared<spdlog::async_logger>("signalbox", std::make_shared<Sink>(stream), pool,
                                                       spdlog::async_overflow_policy::overrun_oldest);
  return {std::move(pool), std::move(logger)};
}

// Made at first use and never destroyed: lines written while the program ends must still find it.
struct Log {
  std::mutex mutex;
  Output output = direct_output(stderr);
  std::FILE *stream = stderr;
  std::atomic<Level> level = Level::info;
  std::atomic<bool> json = false;
  std::atomic<bool> stuck = false;  // a direct line would wait for ever
};

Log &the_log() {
  static Log *const log = new Log;
  return *log;
}

// Waits until the lines of an output are written, but not for ever: whoever reads stderr may have stopped.
bool drain(Output output) {
  if (!output.pool) return true;
  auto done = std::make_shared<std::promise<void>>();
  std::future<void> written = done->get_future();
  std::thread([output = std::move(output), done]() mutable {
    output = {};  // joins the queue's thread
    done->set_value();
  }).detach();
  return written.wait_for(std::chrono::nanoseconds(limits::kLogFinishNs)) == std::future_status::ready;
}

void replace(Log &log, Output output, std::FILE *stream) {
  Output before;
  {
    const std::lock_guard lock(log.mutex);
    before = std::exchange(log.output, std::move(output));
    log.stream = stream;
  }
  const size_t lost = before.pool ? before.pool->overrun_counter() : 0;
  log.stuck = !drain(std::move(before));
  if (lost > 0) signalbox::log(Level::warn, "log", std::to_string(lost) + " lines lost because stderr was not read");
}

}  // namespace

void log_setup(const LogOptions &options) {
  Log &log = the_log();
  log.level = options.level;
  log.json = options.json;
  replace(log, queued_output(options.stream), options.stream);
}

void log_finish() {
  Log &log = the_log();
  replace(log, direct_output(log.stream), log.stream);
}

bool log_enabled(Level level) {
  const Log &log = the_log();
  return level >= log.level.load(std::memory_order_relaxed) && !log.stuck.load(std::memory_order_relaxed);
}

void log(Level level, std::string_view component, std::string_view text, LogFields fields) {
  if (!log_enabled(level)) return;
  Log &log = the_log();
  const std::string line = format_log_line(log.json, SystemClock().wall_ns(), level, component, text, fields) + '\n';
  Output output;  // held meanwhile: another thread may end the log
  {
    const std::lock_guard lock(log.mutex);
    output = log.output;
  }
  output.logger->log(spdlog::level::info, spdlog::string_view_t(line));
}

}  // namespace signalbox
