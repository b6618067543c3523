// Deadlines of many exchanges behind one host timer: how long a poll waits, how old a stream gets.  Belongs to an
// Endpoint; lane only.
#pragma once
#include <cstdint>
#include <functional>
#include <sbx/sbx.hpp>
#include <set>
#include <utility>

#include "plugins/sinks/sse/services.hpp"

namespace sse {

class Deadlines {
 public:
  // `due` is called once for each id whose time has come; it may set and cancel others.
  Deadlines(Services services, std::function<void(sbx_id)> due) : services_(services), due_(std::move(due)) {}
  Deadlines(const Deadlines &) = delete;
  Deadlines &operator=(const Deadlines &) = delete;
  ~Deadlines() { disarm(); }

  void set(sbx_id id, int64_t at_ns);
  void cancel(sbx_id id, int64_t at_ns);  // as it was set; one that is not there is none
  size_t waiting() const { return waiting_.size(); }

 private:
  void arm();
  void disarm();
  void run();

  Services services_;
  std::function<void(sbx_id)> due_;
  std::set<std::pair<int64_t, sbx_id>> waiting_;
  sbx_id timer_ = 0;
  int64_t armed_for_ns_ = 0;
};

}  // namespace sse
