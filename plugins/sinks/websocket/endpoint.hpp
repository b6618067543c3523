// The path that clients connect to: upgrades, messages, ends.  Lane only.
#pragma once
#include <cstdint>
#include <functional>
#include <sbx/sbx.hpp>
#include <string_view>
#include <vector>

#include "plugins/sinks/websocket/channels.hpp"
#include "plugins/sinks/websocket/connections.hpp"
#include "plugins/sinks/websocket/counters.hpp"
#include "plugins/sinks/websocket/options.hpp"
#include "plugins/sinks/websocket/services.hpp"

namespace websocket {

// RFC 6455 section 7.4.1.
enum : uint32_t { kGoingAway = 1001, kUnsupportedData = 1003, kPolicyViolation = 1008 };

class Endpoint {
 public:
  // All of these outlive it.
  Endpoint(const Options &options, const Services &services, const Counters &counters, Connections &connections,
           Channels &channels);
  Endpoint(const Endpoint &) = delete;
  Endpoint &operator=(const Endpoint &) = delete;

  // REQUIRES: start()
  sbx_status mount();
  void close(Connection &connection, Close why, uint32_t code, std::string_view reason);
  // Lets nobody in any more and sends everybody away, spread over a part of the time that is left; done() is called
  // when the last one is gone.
  void stop(int64_t deadline_ns, std::function<void()> done);

 private:
  void on_request(sbx_id id, const sbx_request &request);
  void on_message(Connection &connection, std::string_view data, bool binary);
  void on_close(sbx_id id, sbx_status why, uint32_t ws_code);
  void accept(sbx_id id, const sbx_request &request);
  void bad_message(Connection &connection, const ClientMessage &message);
  void close_some();
  void finish_stop();

  const Options &options_;
  const AllowanceLimits message_limits_;
  const Services &services_;
  const Counters &counters_;
  Connections &connections_;
  Channels &channels_;
  std::vector<sbx_id> to_close_;  // the next ones at the end
  size_t closes_per_tick_ = 0;
  sbx_id stop_timer_ = 0;
  std::function<void()> stop_done_;
  bool stopping_ = false;
};

}  // namespace websocket
