// The Socket.IO layer of one session: namespaces, CONNECT and its answers, events, acknowledgements, attachments.
// Revision 5 runs on Engine.IO 4, revision 4 on Engine.IO 3; the session's version says which.  Owned by its session.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sinks/socketio/app.hpp"
#include "plugins/sinks/socketio/session.hpp"

namespace socketio {

class Hub;

class Client final : public SessionUser {
 public:
  // Namespaces that one client may hold at a time.
  static constexpr size_t kNamespacesMax = 32;

  Client(Hub &hub, Session &session) : hub_(hub), session_(session) {}

  void on_open(const sbx_request &handshake) override;
  void on_message(std::string_view data, bool binary) override;
  void on_deadline() override;
  void on_close() override;
  void on_moved(sbx_id from) override;
  void on_heartbeat() override;
  void on_heartbeat_answered() override;

  Session &session() const { return session_; }
  // Binary data as it stands in this client's WebSocket messages.
  void send(std::string packet, const Attachments &attachments);
  void accept(const Socket &socket, std::string_view pid);
  Hub &hub() const { return hub_; }

 private:
  // A packet whose attachments are still on the way.
  struct Partial {
    std::string text;
    size_t wanted = 0, bytes = 0;
    Attachments attachments;
  };

  Socket *find(std::string_view nsp) const;
  void on_packet(const Packet &packet, const Attachments &attachments);
  void on_attachment(std::string_view bytes);
  void connect(std::string_view nsp, std::string_view auth);
  void disconnect(Socket &socket);
  void protocol_error() { session_.close(CloseReason::kParse); }

  Hub &hub_;
  Session &session_;
  std::vector<std::unique_ptr<Socket>> sockets_;
  std::unique_ptr<Partial> partial_;
};

}  // namespace socketio
