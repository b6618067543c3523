// Everything that speaks Socket.IO on one Engine: makes the clients, knows sockets by their public id, and sends one
// event to a room.  An event is encoded once for each revision; text is the same in both.  Lane only.
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>

#include "plugins/sinks/socketio/app.hpp"
#include "plugins/sinks/socketio/engine.hpp"

namespace socketio {

// The room of everybody in a namespace.
inline constexpr std::string_view kEverybody;

class Hub {
 public:
  // REQUIRES: app outlives this
  Hub(App &app, int64_t connect_timeout_ns) : app_(app), connect_timeout_ns_(connect_timeout_ns) {}

  // Before the first client, and before publish.  REQUIRES: the engine ends before this
  void attach(Engine &engine) { engine_ = &engine; }
  std::unique_ptr<SessionUser> make_client(Session &session);

  // Sends an event to a room of a namespace, but not to the socket with the id `except` (empty = to all).  `args` as in
  // Socket::emit.  How many clients it is for.
  size_t publish(std::string_view nsp, std::string_view room, std::string_view args, const Attachments &attachments,
                 std::string_view except);
  bool anybody() const { return !by_id_.empty(); }
  Socket *find(std::string_view id) const;

  // From clients.
  App &app() { return app_; }
  Engine &engine() { return *engine_; }
  int64_t connect_timeout_ns() const { return connect_timeout_ns_; }
  void add(Socket &socket) { by_id_.emplace(socket.id(), &socket); }
  void remove(Socket &socket) { by_id_.erase(socket.id()); }
  std::string socket_id(const Session &session, std::string_view nsp) const;

 private:
  App &app_;
  Engine *engine_ = nullptr;
  int64_t connect_timeout_ns_;
  std::unordered_map<std::string_view, Socket *> by_id_;  // the key is the socket's own
};

// The fan-out's group of a room: revisions apart, because binary data differs.
std::string room_group(int version, std::string_view nsp, std::string_view room);

// One event as it stands in WebSocket messages.
Parts event_parts(int version, std::string packet, const Attachments &attachments);

}  // namespace socketio
