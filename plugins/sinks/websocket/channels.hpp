// Which client is in which channel: asks the host's log for it, passes its answers and its replays on, and publishes
// events.  Lane only.
#pragma once
#include <cstddef>
#include <cstdint>
#include <sbx/sbx.hpp>
#include <sbx/shared_frames.hpp>
#include <string_view>

#include "plugins/sinks/websocket/client_message.hpp"
#include "plugins/sinks/websocket/connections.hpp"
#include "plugins/sinks/websocket/counters.hpp"
#include "plugins/sinks/websocket/idle.hpp"
#include "plugins/sinks/websocket/listeners.hpp"
#include "plugins/sinks/websocket/query.hpp"
#include "plugins/sinks/websocket/services.hpp"

namespace websocket {

class Channels {
 public:
  // All of these outlive it.
  Channels(const Services &services, const Counters &counters, Connections &connections, Idle &idle,
           size_t channels_max, uint32_t policy);
  Channels(const Channels &) = delete;
  Channels &operator=(const Channels &) = delete;

  // REQUIRES: start()
  sbx_status open();
  // A new connection, with what its query asks for.
  void enter(Connection &connection, const QueryWants &wants);
  void subscribe(Connection &connection, const ClientMessage &message);
  void unsubscribe(Connection &connection, const ClientMessage &message);
  // What it says to the others in a channel.
  void say(Connection &connection, const ClientMessage &message);
  // It is closed.
  void leave(Connection &connection);
  // Sees to it that a client was welcomed before it is told anything else.
  void welcome(Connection &connection);
  void fail(Connection &connection, Error error, std::string_view text, std::string_view channel, std::string_view ref);

  void publish(const sbx_event &event);

 private:
  void welcome(Connection &connection, std::string_view cursor);
  sbx_status ask(Connection &connection, const sbx_want *wants, size_t count, Asked asked);
  void add(Connection &connection, std::string_view channel);
  void remove(Connection &connection, std::string_view channel);
  // It is not in this channel any more, by the host's word.
  void lose(Connection &connection, std::string_view channel);
  void on_subscribed(Connection &connection, const sbx_subscribed &answer);
  void on_ended(Connection &connection, std::string_view channel, uint32_t code);
  void on_replay(Connection &connection, const sbx_event &event);
  // Calls use(frame) with the event's frame; not at all when it has none that a client could read.
  template <class F>
  void with_frame(const sbx_event &event, F &&use);

  const Services &services_;
  const Counters &counters_;
  Connections &connections_;
  Idle &idle_;
  sbx::SharedFrames shared_;  // what several are replayed
  Listeners listeners_;
  size_t channels_max_;
  uint32_t policy_;
  uint64_t last_ref_ = 0;
};

}  // namespace websocket
