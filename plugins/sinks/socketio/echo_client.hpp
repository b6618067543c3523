// One client of mode echo: its subscriptions on their way, one operation at a time, and its place in its session.
// Owned by Echo from the CONNECT to the end of the socket; lane only.
//
// States: restoring (a session was found; the CONNECT is answered when the host has said what became of its channels)
// -> accepted.  A fresh session is accepted at once.
#pragma once
#include <optional>
#include <sbx/shared_frames.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sinks/socketio/app.hpp"
#include "plugins/sinks/socketio/echo_packet.hpp"
#include "plugins/sinks/socketio/engine_packet.hpp"
#include "plugins/sinks/socketio/kept_sessions.hpp"
#include "plugins/sinks/socketio/offset.hpp"
#include "plugins/sinks/socketio/reasons.hpp"

namespace socketio {

class Echo;

// Whose frames differ in a byte are of different kinds: binary data by revision, and the offset.
enum class EchoKind : uint8_t { kVersion4Recovery, kVersion4, kVersion3 };
inline constexpr size_t kEchoKinds = 3;
// As log.subscribe and log.publish call it.
std::string_view kind_word(EchoKind kind);
inline int kind_version(EchoKind kind) { return kind == EchoKind::kVersion3 ? 3 : 4; }

class EchoClient {
 public:
  EchoClient(Echo &echo, Socket &socket, uint64_t number);
  EchoClient(const EchoClient &) = delete;
  EchoClient &operator=(const EchoClient &) = delete;
  ~EchoClient();

  // Answers the CONNECT, now or later.
  void welcome(std::string_view auth);
  void on_event(const Packet &packet);
  void on_subscribed(const sbx_subscribed &answer);
  void on_replay(const sbx_event &event);
  void on_live(uint64_t ref, std::string_view cursor);
  void on_ended(std::string_view channel, uint32_t code);
  void on_heartbeat();
  void on_heartbeat_answered();
  // The socket ends: its session waits for the next connection, unless the client said that it leaves.
  void leave(bool said_goodbye);

  Socket &socket() const { return socket_; }
  uint64_t number() const { return number_; }
  // Members that its callbacks may still name.
  std::vector<sbx_id> members;

 private:
  void restore(const std::optional<Offset> &offset);
  void accept();
  void subscribe(const Packet &packet);
  bool want(Kept &kept, const ChannelRequest &wanted) const;
  void unsubscribe(const Packet &packet);
  void say(const Packet &packet);
  void refuse(std::string_view channel, Unsubscribable why);
  void refuse(std::string_view channel, Unsubscribable why, uint32_t code);
  void next_operation();
  sbx_status begin_operation(Kept &kept, size_t wanted);
  void fail_operation(sbx_status why);
  std::optional<KeptChannel> take_answer(Kept &kept, const sbx_subscribed &answer, bool &known);
  void joined(const sbx_subscribed &answer, KeptChannel &channel);
  void tell_joined(const sbx_subscribed &answer, bool whole);
  std::string offset(uint64_t seq) const;
  sbx::SharedFrames::Form form() const;
  Parts parts_of(const sbx_event &event) const;
  bool recovery() const { return kind_ == EchoKind::kVersion4Recovery; }
  sbx_id member() const;

  Echo &echo_;
  Socket &socket_;
  uint64_t number_;
  EchoKind kind_;
  KeptSessions::Ticket ticket_;
  std::string former_id_;  // the session's socket.id on its former connection; empty = the session is new
  uint64_t op_ = 0;        // the operation under way; 0 = none
  uint64_t ref_ = 0;       // as the host calls it
  bool answered_ = false;  // the host has begun with it: from here on it decides what this connection gets
  Place op_place_;         // where that was
  uint64_t op_seq_ = 0;    // its channels are complete up to there; 0 = not known
  size_t unanswered_ = 0;  // channels of it
  bool accepted_ = false;  // the CONNECT is answered
  bool by_pid_ = false;    // the client asked for the session that it has
  bool whole_ = true;      // while restoring: nothing of the session is lost so far
  // While restoring, to be told behind the CONNECT: channels with the code, and with their members.
  std::vector<std::pair<std::string, uint32_t>> refused_;
  std::vector<std::pair<std::string, std::string>> present_;
  // A sign was sent at this place, behind the operations up to mark_op_; what was sent before is confirmed by its
  // answer.
  std::optional<Place> mark_;
  uint64_t mark_op_ = 0;
  // A client that came with the offset of a session that is gone (a restart, say) has shown where it stands: the
  // channels that it subscribes to at once are replayed from there.
  std::string shown_;
  int64_t shown_until_ns_ = 0;
};

}  // namespace socketio
