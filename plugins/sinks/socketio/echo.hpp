// `mode: echo`, laravel-echo's contract: clients subscribe to channels and get their events as (channel, data).  Who is
// in which channel, admission and replay are the host's (sbx.log); this encodes an event once for each kind of client,
// finds the client that a callback is for, and knows which connections exist.  One per instance; lane only, but evict.
#pragma once
#include <array>
#include <memory>
#include <mutex>
#include <sbx/shared_frames.hpp>
#include <unordered_map>
#include <vector>

#include "plugins/sinks/socketio/app.hpp"
#include "plugins/sinks/socketio/echo_client.hpp"
#include "plugins/sinks/socketio/hub.hpp"
#include "plugins/sinks/socketio/kept_sessions.hpp"
#include "plugins/sinks/socketio/offset.hpp"

namespace socketio {

struct EchoOptions {
  size_t channels_max = 100;  // of one client
  bool recovery = true;
  int64_t resume_for_ns = 120 * sbx::kSecondNs;
  size_t resume_sessions_max = 10'000;
};

class Echo final : public App, private KeptSessions::Shard {
 public:
  // REQUIRES: services.log
  Echo(const Services &services, Counters &counters, const EchoOptions &options);

  // Before the first client.  REQUIRES: hub outlives this's last call
  void attach(Hub &hub) { hub_ = &hub; }
  sbx_status start();
  // Sends one event, or the news of a gap, to its channel's clients; what none could read is counted and left out.
  void publish(const sbx_event &event);

  void on_open(const Session &session, const sbx_request &handshake) override;
  std::optional<std::string> on_connect(Socket &socket, std::string_view auth) override;
  void on_welcome(Socket &socket, std::string_view auth) override;
  void on_event(Socket &socket, const Packet &packet, const Attachments &attachments) override;
  void on_disconnect(Socket &socket) override;
  void on_moved(Socket &socket, sbx_id from) override;
  void on_heartbeat(Socket &socket) override;
  void on_heartbeat_answered(Socket &socket) override;

  // From clients.
  const Services &services() const { return services_; }
  const Cursors &cursors() const { return cursors_; }
  sbx::SharedFrames &shared() { return shared_; }
  const EchoOptions &options() const { return options_; }
  Counters &counters() { return counters_; }
  KeptSessions &sessions() { return *sessions_; }
  KeptSessions::Shard &shard() { return *this; }
  uint64_t next_ref() { return ++refs_; }
  void count(EchoKind kind, int n) { listeners_[static_cast<size_t>(kind)] += n; }
  // Tells the host by which id others may know this client, and what it offered with its CONNECT (empty: as before).
  void introduce(const Socket &socket, std::string_view auth = {});
  // Ends a connection that lost its session to another one.
  void end_connection(uint64_t number);
  // Can a client read it?  If not it is counted.
  bool readable(const sbx_event &event);
  // How many channels the host takes in one subscribe, as far as we have learned.
  size_t batch = SIZE_MAX;

 private:
  static sbx_log_events log_events();
  template <class F>
  static void deliver(void *self, sbx_id conn, F &&f) noexcept;
  void evict(uint64_t connection) override;
  void end_evicted();
  EchoClient *find(sbx_id member) const;
  EchoClient *find(const Socket &socket) const;
  template <class F>
  void enter(F &&f) noexcept {
    hub_->engine().enter(std::forward<F>(f));
  }

  Services services_;
  Counters &counters_;
  EchoOptions options_;
  Cursors cursors_;
  sbx::SharedFrames shared_;  // what several are replayed
  std::shared_ptr<KeptSessions> sessions_;
  Hub *hub_ = nullptr;
  std::unordered_map<const Socket *, std::unique_ptr<EchoClient>> clients_;
  std::unordered_map<sbx_id, EchoClient *> by_member_;  // the present member, and former ones of an upgrade
  std::array<int64_t, kEchoKinds> listeners_{};         // accepted clients
  uint64_t connections_ = 0, refs_ = 0;
  std::mutex evicted_mutex_;
  std::vector<uint64_t> evicted_;
};

}  // namespace socketio
