// Connections that are in no channel, the longest first, and the one timer that ends them.  Lane only.
#pragma once
#include <cstdint>
#include <functional>
#include <list>
#include <utility>

#include "plugins/sinks/websocket/connections.hpp"
#include "plugins/sinks/websocket/services.hpp"

namespace websocket {

class Idle {
 public:
  // `expired` is called from a timer, and calls end().  after_ns = 0: never.
  Idle(const Services &services, int64_t after_ns, std::function<void(sbx_id)> expired);
  Idle(const Idle &) = delete;
  Idle &operator=(const Idle &) = delete;

  // From now on it is in no channel / it is in one, or gone.  Twice is once.
  void begin(Connection &connection);
  void end(Connection &connection);

 private:
  void arm();
  void on_timer();

  const Services &services_;
  int64_t after_ns_;
  std::function<void(sbx_id)> expired_;
  std::list<std::pair<sbx_id, int64_t>> waiting_;  // with the time at which it is enough
  sbx_id timer_ = 0;
};

}  // namespace websocket
