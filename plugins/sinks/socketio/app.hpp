// What an application on Socket.IO is asked and told, and what it can do to a client.  The sink's broadcast mode is one
// App, the conformance server another.  Lane only; an App outlives its Hub.
#pragma once
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sinks/socketio/packet.hpp"

namespace socketio {

class Client;
class Session;
using Attachments = std::vector<std::string>;

// One client in one namespace.  Owned by its Client.
class Socket {
 public:
  Socket(Client &client, std::string nsp, std::string id) : client_(client), nsp_(std::move(nsp)), id_(std::move(id)) {}
  const std::string &nsp() const { return nsp_; }
  // What the client calls socket.id; unlike the session's id it may be shown to others.
  const std::string &id() const { return id_; }
  Client &client() const { return client_; }

  // `args`: a JSON array, the event's name first; with a placeholder for each attachment.
  void emit(std::string_view args, const Attachments &attachments = {});
  // Answers an event that carried this ack id.
  void ack(uint64_t ack_id, std::string_view args, const Attachments &attachments = {});
  // Answers its CONNECT: it has the namespace from here on.  `pid`: the secret with which the client may recover this
  // connection's state; empty = none.  Once, from App::on_welcome or later.
  void accept(std::string_view pid = {});
  bool accepted() const { return accepted_; }
  // Takes the id that a former connection had.  REQUIRES: not accepted; revision 5
  void rename(std::string id);
  // Did the client itself say that it leaves?  For on_disconnect.
  bool said_goodbye() const { return said_goodbye_; }
  void join(std::string_view room);
  void leave(std::string_view room);

 private:
  friend class Client;
  Client &client_;
  std::string nsp_, id_;
  bool accepted_ = false, said_goodbye_ = false;
};

class App {
 public:
  virtual ~App() = default;
  // A client has opened a session with this request; it asks for a namespace later.
  virtual void on_open(const Session &, const sbx_request & /*handshake*/) {}
  // May this client have this namespace?  Nothing = yes; else the message of the CONNECT_ERROR.  `auth` is a JSON
  // object: the CONNECT's, or for a client of revision 4 the `token` of its handshake's query.
  virtual std::optional<std::string> on_connect(Socket &socket, std::string_view auth) = 0;
  // It may.  Whoever cannot answer at once accepts the socket later.
  virtual void on_welcome(Socket &socket, std::string_view auth) {
    socket.accept();
    on_connected(socket, auth);
  }
  // It has it, and knows.
  virtual void on_connected(Socket &, std::string_view /*auth*/) {}
  virtual void on_event(Socket &, const Packet &, const Attachments &) {}
  virtual void on_disconnect(Socket &) {}
  // Its member of the fan-out is another one now: the upgrade.
  virtual void on_moved(Socket &, sbx_id /*from*/) {}
  // A heartbeat was sent that the client answers; it has answered, so it has everything that was sent before.
  virtual void on_heartbeat(Socket &) {}
  virtual void on_heartbeat_answered(Socket &) {}
};

}  // namespace socketio
