// A client's way into its channels, from subscribe to live: what was answered for each of them, and the one cursor that
// is safe to show meanwhile.  Part of a stream or a poll; lane only.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sinks/sse/query.hpp"
#include "plugins/sinks/sse/services.hpp"

namespace sse {

class Subscription {
 public:
  explicit Subscription(size_t channels) : waiting_(channels) {}

  // All channels in one request, so that they are replayed in the log's order.
  static sbx_status ask(const Services &services, sbx_id conn, std::string_view kind, const Query &query);

  // An answer for one channel; true for the last one.
  bool answered(const Services &services, const sbx_subscribed &s);
  bool all_refused() const { return waiting_ == 0 && admitted_ == 0; }
  // The earliest of the channels' places: the replays of all of them come after it.  Empty = none is known.
  const std::string &place() const { return place_; }

 private:
  size_t waiting_, admitted_ = 0;
  std::string place_;
  uint64_t seq_ = 0;
};

}  // namespace sse
