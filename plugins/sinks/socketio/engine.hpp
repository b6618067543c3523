// Engine.IO on one mount: takes requests apart, opens sessions, finds them again, refuses the rest with the answers
// that clients know.  One Engine per instance and mount; lane only, but for lane_of.
//
// A session belongs to the lane that opened it.  Its id begins with that lane's number, so that the host can hand a
// later request, which may arrive on any lane, to the right one.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <sbx/name_index.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "plugins/sinks/socketio/heartbeat.hpp"
#include "plugins/sinks/socketio/reasons.hpp"
#include "plugins/sinks/socketio/services.hpp"
#include "plugins/sinks/socketio/session.hpp"

namespace socketio {

struct EngineOptions {
  std::string listener, path = "/socket.io";
  int64_t ping_interval_ns = 25 * sbx::kSecondNs, ping_timeout_ns = 20 * sbx::kSecondNs;
  int64_t upgrade_timeout_ns = 10 * sbx::kSecondNs;
  size_t max_payload = 1'000'000;
  bool allow_eio3 = true, polling = true, websocket = true;
};

class Engine {
 public:
  using UserMaker = std::function<std::unique_ptr<SessionUser>(Session &)>;
  // A request below the path that is not Engine.IO's (the client's files).  True = answered.
  using OtherPath = std::function<bool(sbx_id request, const sbx_request &, std::string_view below)>;

  // REQUIRES: services.complete()
  Engine(Services services, EngineOptions options, Counters &counters, UserMaker make_user, OtherPath other = {});
  Engine(const Engine &) = delete;
  Engine &operator=(const Engine &) = delete;
  ~Engine();

  sbx_status mount();
  // Tells every client that this server goes away, in the way that makes it come back; `done` when all have heard.
  void stop(std::function<void()> done);

  const Services &services() const { return services_; }
  const EngineOptions &options() const { return options_; }
  Counters &counters() { return counters_; }
  Heartbeat &heartbeat() { return heartbeat_; }
  size_t sessions() const { return sessions_.size(); }
  Session *find(std::string_view sid);

  // From sessions.
  void answered(sbx_id exchange);  // no longer that session's
  void retire(Session &session);   // destroyed when the host's call is over
  void reap() { retired_.clear(); }
  template <class F>
  void enter(F &&f) noexcept {
    sbx::guarded(services_.host, std::forward<F>(f));
    reap();
  }

 private:
  enum class Kind : uint8_t { kPoll, kPost, kWebSocket, kOther };
  struct Post {
    std::string body;
    bool binary = false, jsonp = false;
  };
  struct Exchange {
    Session *session = nullptr;
    Kind kind = Kind::kOther;
    std::unique_ptr<Post> post;
  };
  static sbx_http_events events();
  int32_t lane_of(std::string_view query) const;
  void on_request(sbx_id id, const sbx_request &request);
  void on_engine_request(sbx_id id, const sbx_request &request);
  void handshake(sbx_id id, const sbx_request &request, bool websocket);
  void session_request(sbx_id id, const sbx_request &request, bool websocket, std::string_view sid);
  void post_begin(sbx_id id, const sbx_request &request, Session &session);
  void websocket_request(sbx_id id, Session &session);
  void on_body(sbx_id id, std::string_view chunk, bool last);
  void post_end(sbx_id id, Exchange &exchange);
  void on_message(sbx_id id, std::string_view data, bool binary);
  void on_close(sbx_id id, sbx_status why);
  bool accept(sbx_id id);
  void refuse(sbx_id id, Refusal why);
  void report_version(std::string_view eio, std::string_view peer);
  std::string make_sid() const;
  Session &open_session(int version, bool base64);
  void finish_stop();

  Services services_;
  EngineOptions options_;
  Counters &counters_;
  UserMaker make_user_;
  OtherPath other_;
  Heartbeat heartbeat_;
  sbx::NameIndex<Session> sessions_;  // theirs are owned here
  std::vector<std::unique_ptr<Session>> retired_;
  std::unordered_map<sbx_id, Exchange> exchanges_;
  std::function<void()> stop_done_;
  bool stopping_ = false;
  int64_t version_reported_ns_ = 0;  // 0 = never
  uint32_t lane_, lanes_;
};

}  // namespace socketio
