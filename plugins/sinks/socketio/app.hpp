// What an application on Socket.IO is asked and told, and what it can do to a client.  The sink's broadcast mode is one
// App, the conformance server another.  Lane only; an App outlives its Hub.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sinks/socketio/packet.hpp"

namespace socketio {

class Client;
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
  void join(std::string_view room);
  void leave(std::string_view room);

 private:
  Client &client_;
  std::string nsp_, id_;
};

class App {
 public:
  virtual ~App() = default;
  // May this client have this namespace?  Nothing = yes; else the message of the CONNECT_ERROR.  `auth` is a JSON
  // object.
  virtual std::optional<std::string> on_connect(Socket &socket, std::string_view auth) = 0;
  // It has it, and knows.
  virtual void on_connected(Socket &, std::string_view /*auth*/) {}
  virtual void on_event(Socket &, const Packet &, const Attachments &) {}
  virtual void on_disconnect(Socket &) {}
};

}  // namespace socketio
