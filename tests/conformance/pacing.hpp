// One WebSocket message per read of the peer.  The suites wait for one message, and only when they have seen it for the
// next one; of two that arrive in one TCP segment they miss the second (so does the first one that comes with the 101).
// A server cannot be asked to pace for that, a server for the suites can: what goes out on a WebSocket leaves at least
// kPauseNs after what went before.  Polling members are passed through.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <sbx/sbx.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "plugins/sinks/socketio/services.hpp"

namespace conformance {

class Pacing {
 public:
  explicit Pacing(const socketio::Services &real);
  ~Pacing();
  Pacing(const Pacing &) = delete;
  Pacing &operator=(const Pacing &) = delete;

  // The same services with a fan-out that paces.  Lane only; valid as long as this.
  const socketio::Services &services() const { return paced_; }

 private:
  static constexpr int64_t kPauseNs = 5 * sbx::kMillisecondNs;
  struct Waiting {
    std::vector<std::pair<std::string, uint8_t>> parts;
    uint32_t flags;
  };
  struct Connection {
    std::deque<Waiting> frames;
    sbx_id timer = 0;
  };

  static Pacing &of(const sbx_host *host);
  static sbx_status post(const sbx_host *host, sbx_id conn, const sbx_frame *frame) noexcept;
  static sbx_id member(const sbx_host *host, const sbx_member_events *events, void *user) noexcept;
  static void drop(const sbx_host *host, sbx_id member) noexcept;
  static void close(const sbx_host *host, sbx_id conn, uint32_t code, sbx_str reason) noexcept;
  static void on_timer(void *self, sbx_id timer) noexcept;
  void send_one(sbx_id conn);
  void forget(sbx_id conn);

  static inline std::map<const sbx_host *, Pacing *> by_host_;  // one lane, so one thread
  const socketio::Services real_;
  sbx_fanout fanout_;
  sbx_http http_;
  socketio::Services paced_;
  std::set<sbx_id> virtual_;
  std::map<sbx_id, Connection> connections_;
};

}  // namespace conformance
