// One Engine.IO session: a browser, whatever carries it at the moment.  Polling: requests come and go, and what is for
// the client waits in a virtual member of the fan-out.  WebSocket: the connection itself is the member.  An upgrade
// hands the one over to the other, so nothing is lost between them.  Owned by its Engine; lane only.
//
// States: polling -> probing (a WebSocket asks) -> websocket, or websocket from the start; closed from anywhere.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/sinks/socketio/engine_packet.hpp"
#include "plugins/sinks/socketio/heartbeat.hpp"
#include "plugins/sinks/socketio/reasons.hpp"

namespace socketio {

class Engine;

// What speaks over a session: Socket.IO, or a test's echo.  Owned by its session.
class SessionUser {
 public:
  virtual ~SessionUser() = default;
  // `handshake`: the request that opened the session, lent.
  virtual void on_open(const sbx_request &handshake) = 0;
  virtual void on_message(std::string_view data, bool binary) = 0;
  virtual void on_deadline() {}              // set_user_deadline has come
  virtual void on_close() {}                 // sending is over; the session's groups are still there to be left
  virtual void on_moved(sbx_id /*from*/) {}  // Session::member() is another one
  // What the session sends next is answered by the client, and with it everything that was sent before.
  virtual void on_heartbeat() {}
  virtual void on_heartbeat_answered() {}
};

// How a poll wants its answer.
struct PollForm {
  std::optional<std::string> jsonp;  // the value of `j`
};

class Session final : public Heartbeat::Entry {
 public:
  Session(Engine &engine, std::string sid, int version, bool base64);
  ~Session() override;

  const std::string &sid() const { return sid_; }
  std::string_view index_name() const { return sid_; }
  int version() const { return version_; }
  bool open() const { return open_; }
  bool on_websocket() const { return ws_ != 0; }
  // What the client calls itself in the handshake's query (`session=`), unchecked; empty = nothing.
  std::string_view key() const { return key_ ? std::string_view(*key_) : std::string_view(); }
  void set_key(std::string key) { key_ = std::make_unique<const std::string>(std::move(key)); }
  sbx_id member() const { return member_; }  // in the fan-out; changes at the upgrade

  // Sends messages as they stand in WebSocket messages (see Part); all or none reach the client.
  void send(const Parts &messages);
  void join(std::string_view group);
  void leave(std::string_view group);
  void close(CloseReason why);
  // on_deadline at this time; 0 = no more.
  void set_user_deadline(int64_t due_ns);

  // From the engine.  REQUIRES: open()
  void open_polling(sbx_id request, const sbx_request &handshake, const PollForm &form,
                    std::unique_ptr<SessionUser> user);
  void open_websocket(sbx_id ws, const sbx_request &handshake, std::unique_ptr<SessionUser> user);
  void on_poll(sbx_id request, const PollForm &form);
  void on_post_begin(sbx_id request);
  // The whole body is there.  True = answer "ok".
  bool on_post(std::string_view body, bool binary, bool jsonp);
  void on_post_end() { post_ = 0; }
  void on_probe(sbx_id ws);
  void on_ws_message(sbx_id ws, std::string_view data, bool binary);
  void on_gone(sbx_id exchange, CloseReason why);  // an exchange of this session broke off
  // Is the client overdue?  Asked before every request, because the wheel looks only once a tick.
  bool overdue(int64_t now_ns) const;
  bool probing() const { return probe_ != 0; }
  bool polling() const { return poll_ != 0; }
  bool posting() const { return post_ != 0; }

  void on_due(int64_t now_ns) noexcept override;

 private:
  static const sbx_member_events kMemberEvents;
  std::string open_packet() const;
  void start(std::unique_ptr<SessionUser> user);
  void flush();
  void answer_poll(const Parts &parts);
  void answer_poll(std::string_view packet) { answer_poll(Parts{{false, std::string(packet)}}); }
  Parts take_waiting();
  bool dispatch(const EnginePacket &packet);
  bool heard(const EnginePacket &packet);
  void answer_ping(std::string_view data);
  void on_probe_message(std::string_view text);
  void upgrade();
  void check_deadlines(int64_t now_ns);
  void reschedule();
  void close_transports(CloseReason why);

  Engine &engine_;
  std::string sid_;
  std::unique_ptr<const std::string> key_;  // of the few that have one
  std::unique_ptr<SessionUser> user_;
  sbx_id member_ = 0;
  sbx_id poll_ = 0, post_ = 0, ws_ = 0, probe_ = 0;  // exchanges that are under way
  std::unique_ptr<PollForm> poll_form_;              // of poll_
  int64_t ping_at_ns_ = 0;                           // revision 4: when we ping next; 0 = we wait for a pong
  int64_t alive_by_ns_ = 0;                          // the client must be heard of before; 0 = not asked
  int64_t upgrade_by_ns_ = 0;                        // the probing WebSocket must become ours before
  int64_t user_due_ns_ = 0;
  int version_;
  bool base64_;  // binary data leaves as text (revision 3; revision 4 always does so when polling)
  bool open_ = true, probed_ = false;
};

}  // namespace socketio
