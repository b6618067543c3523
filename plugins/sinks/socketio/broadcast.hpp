// `mode: broadcast`, the classic recipe: every client in "/" gets every event, as `<channel>:<event>` with its data.
// No rooms, no questions asked.  Lane only.
#pragma once
#include <sbx/sbx.hpp>

#include "plugins/sinks/socketio/app.hpp"
#include "plugins/sinks/socketio/hub.hpp"

namespace socketio {

class Broadcast final : public App {
 public:
  Broadcast(sbx::Host host, Counters &counters) : host_(host), counters_(counters) {}

  std::optional<std::string> on_connect(Socket &socket, std::string_view auth) override;
  void on_event(Socket &socket, const Packet &packet, const Attachments &attachments) override;

  // Sends one event of a pipeline to all; what no client could read is counted and left out.
  void publish(Hub &hub, const sbx_event &event);

 private:
  sbx::Host host_;
  Counters &counters_;
};

}  // namespace socketio
