// The application that the test suite of socket.io-protocol talks to: `auth` on connect, `message` is answered by
// `message-back`, `message-with-ack` by an acknowledgement, all with what came; namespaces "/" and "/custom".
#pragma once
#include "plugins/sinks/socketio/app.hpp"

namespace conformance {

class SuiteApp final : public socketio::App {
 public:
  std::optional<std::string> on_connect(socketio::Socket &socket, std::string_view auth) override;
  void on_connected(socketio::Socket &socket, std::string_view auth) override;
  void on_event(socketio::Socket &socket, const socketio::Packet &packet,
                const socketio::Attachments &attachments) override;
};

}  // namespace conformance
