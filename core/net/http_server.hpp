// The connections of one lane and what they have in common.  [lane] everything, but for the construction and what the
// shared part says.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/io/acceptor.hpp"
#include "core/io/lane.hpp"
#include "core/net/connection.hpp"
#include "core/net/fanout.hpp"
#include "core/net/http_date.hpp"
#include "core/net/mount.hpp"
#include "core/net/pulse.hpp"
#include "core/net/static_files.hpp"
#include "core/net/ws_deflate.hpp"

namespace signalbox::net {

class HttpServer;

// An endpoint of the core itself (admin): answered at once, from the head alone.
struct CoreAnswer {
  int status = 200;
  std::vector<HttpHeader> headers;
  std::string body;
};
using CoreEndpoint = std::function<CoreAnswer(const HttpHead &)>;

// What the lanes' servers share.  Filled before the lanes run.
struct ServerShared {
  explicit ServerShared(unsigned lanes) : mounts(lanes) {}
  MountTable mounts;
  std::vector<HttpServer *> servers;                   // by lane
  std::map<const Listener *, CoreEndpoint> endpoints;  // asked when no mount has the path
};

class HttpServer {
 public:
  HttpServer(io::Lane &lane, Fanout &fanout, ServerShared &shared);
  ~HttpServer();
  HttpServer(const HttpServer &) = delete;
  HttpServer &operator=(const HttpServer &) = delete;

  // Accepts on a listening descriptor (taken).  `spread`: hands the connections round over all lanes (unix sockets).
  void accept(Listener &listener, int listening_fd, bool spread);
  void stop_accepting();
  // No further request on any connection; those without an exchange are closed.
  void drain();
  // Ends what is still open as a server does that goes away: WebSockets with 1001, other exchanges where they are.
  void go_away();
  void abort_all();
  size_t connections() const { return connections_; }

  io::Lane &lane() { return lane_; }
  Fanout &fanout() { return fanout_; }
  ServerShared &shared() { return shared_; }

  // The connection's business.
  void adopt(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> release(Connection &connection);  // from the list, for another lane
  void retire(Connection &connection);                          // deleted at the end of the turn
  void set_deadline(Connection &connection, int64_t at_ns);     // 0 = none
  void rest_deadline(Connection &connection);                   // none, but its place in the list stays for the next
  void watch_pulse(Connection &connection);                     // REQUIRES: its pulse is on
  uint32_t pulse_now() const { return pulses_.now(); }
  Frame *ping();
  WsInflater &inflater() { return inflater_; }
  std::string_view date();
  StaticFiles &files(const Listener &listener);
  // Scratch for one request: its headers, those of its answer, and the answer's bytes.
  std::span<sbx_attr> attrs(size_t count);
  std::span<HeaderView> header_views(size_t count);
  std::string &text() { return text_; }

 private:
  void check_deadlines();
  void list(Connection &connection, uint32_t step);  // 0 = take it out
  void check_pulses();

  io::Lane &lane_;
  Fanout &fanout_;
  ServerShared &shared_;
  std::vector<std::unique_ptr<io::Acceptor>> acceptors_;
  Connection *first_ = nullptr;
  size_t connections_ = 0;
  bool draining_ = false;
  unsigned spread_next_ = 0;
  std::vector<std::unique_ptr<Connection>> retired_;
  // By steps of time.  A place may come before its connection's deadline, which is then looked at again: most
  // requests put their deadline off again and again, and none of them should cost a place in a tree.
  std::set<std::pair<uint32_t, Connection *>> deadlines_;
  io::TimerId deadline_timer_ = 0;
  PulseWheel pulses_;
  io::TimerId pulse_timer_ = 0;
  int64_t pulses_ns_ = 0;  // when the wheel's tick began
  FramePtr ping_;
  WsInflater inflater_;
  std::vector<sbx_attr> attrs_;
  std::vector<HeaderView> header_views_;
  std::string text_;
  HttpDateCache date_;
  std::map<const Listener *, StaticFiles> files_;
};

}  // namespace signalbox::net
