// The comment that keeps streams open.  Streams are dealt out to a few groups whose turns are spread over the interval,
// so that neither this lane nor the network gets all of them at once; a group's turn is one frame.  Belongs to an
// Endpoint; lane only.
#pragma once
#include <cstdint>
#include <sbx/sbx.hpp>
#include <string>

#include "plugins/sinks/sse/services.hpp"

namespace sse {

class Heartbeat {
 public:
  Heartbeat(Services services, int64_t interval_ns);
  Heartbeat(const Heartbeat &) = delete;
  Heartbeat &operator=(const Heartbeat &) = delete;
  ~Heartbeat() { stop(); }

  // REQUIRES: a streaming response; when it closes it leaves by itself
  void add(sbx_id stream);
  // Nobody is left.
  void stop();

 private:
  void beat();

  Services services_;
  int64_t tick_ns_;
  uint32_t groups_, next_in_ = 0, next_out_ = 0;
  sbx_id timer_ = 0;
};

}  // namespace sse
