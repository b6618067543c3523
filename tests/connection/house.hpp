// A server without a network: lanes that the test turns, a script as the plugin behind a mount, and clients at the
// other end of a socket pair.  What happens in a turn is decided by the test, so nothing here waits or races.
#pragma once
#include <sbx/sbx.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/metrics.hpp"
#include "core/plugin/instance.hpp"

namespace signalbox::testing {

// A sink on one lane that does what the test says and writes down what it is told.  It also watches rule R3: nothing
// may reach it while it is inside a call to the host.
class Script {
 public:
  // Set by the test before House makes instances of it.
  std::string path = "/app";
  uint64_t body_max = 0;
  int64_t unacked_ns = 0;
  sbx_ws_accept accept_options{sizeof(sbx_ws_accept), 0, {}, 0, 0, 0};
  sbx_outbox outbox{sizeof(sbx_outbox), SBX_OUTBOX_DISCONNECT, 1 << 20};
  std::function<void(sbx_id)> on_request, on_drain;
  std::function<void(sbx_id, std::string_view)> on_message;
  std::function<int32_t(const sbx_request &)> lane_of;

  // What it was told: "request GET /app", "body abc", "body end", "message hi", "drain", "close 0 1000".
  std::vector<std::string> told;
  sbx_id id = 0;  // of the last request

  sbx_status respond(sbx_id exchange, std::string_view body, bool more = false, uint32_t status = 200);
  sbx_status write(sbx_id exchange, std::string_view chunk, bool more = true);
  sbx_status accept(sbx_id exchange);
  sbx_status send(sbx_id exchange, std::string_view text);
  void close(sbx_id exchange, uint32_t code = 0, std::string_view reason = {});
  sbx_status post(sbx_id member, std::string_view text, uint32_t flags = 0);
  sbx_status join(sbx_id member, std::string_view group);
  size_t publish(std::string_view group, std::string_view text);

  // How the host sees it.
  void attach(const sbx_host *host) { host_ = host; }
  sbx_status start();
  const sbx_host *host() const { return host_; }
  const sbx_http &http() const;
  const sbx_fanout &fanout() const;

 private:
  template <class F>
  auto calling(F &&f);
  void hear(std::string what);
  static sbx_http_events events();

  const sbx_host *host_ = nullptr;
  bool inside_host_ = false;
};

class House;

// The client's end of a connection.
class Client {
 public:
  Client(House &house, int fd) : house_(house), fd_(fd) {}
  ~Client() { hang_up(); }
  Client(const Client &) = delete;
  Client &operator=(const Client &) = delete;

  void send(std::string_view bytes);  // all of it, without a turn of the server
  void end();                         // no more will be sent; what comes is still read
  void hang_up();
  std::string receive();                    // what is there now
  std::string ask(std::string_view bytes);  // send, let the server run, receive
  bool ended();                             // the server closed, and everything before that was read
  int fd() const { return fd_; }

 private:
  House &house_;
  int fd_;
  bool ended_ = false;
};

class House final : public EmitTarget {
 public:
  explicit House(unsigned lanes = 1, const net::ListenerOptions &options = default_options());
  ~House();
  static net::ListenerOptions default_options();

  Script &script(unsigned lane = 0) { return *scripts_[lane]; }
  // Starts the script on the lane, as an instance of one sink.
  void start(unsigned lane = 0);
  void stop_instance(unsigned lane = 0) { instances_[lane].reset(); }

  std::unique_ptr<Client> connect(unsigned lane = 0, const io::PeerAddress &peer = {});
  // ... over TCP; `server_fd`: the server's end, for looking at its options.
  std::unique_ptr<Client> connect_tcp(int &server_fd);
  // Enough turns of every lane for everything that is under way to arrive.
  void run();
  void turn(
      unsigned lane, const std::function<void()> &first = [] {});
  // Runs until `done`, which waits for the clock; false if it never comes.
  bool wait(const std::function<bool()> &done);
  // The lanes on threads of their own, until stop_threads().
  void start_threads();
  void stop_threads();

  net::Listener &listener() { return *world.listeners.at("public"); }
  LaneWorld &lane(unsigned i) { return *lanes_[i]; }

  SystemClock clock;
  Metrics metrics;
  World world;

 private:
  std::unique_ptr<Client> admit(int client_fd, int server_fd, unsigned lane, const io::PeerAddress &peer);
  sbx_status say(uint32_t, EventPtr, Instance &) override { return SBX_ESTATE; }
  sbx_status emit(Instance &, const sbx_event &, const sbx_emit &) override { return SBX_ESTATE; }

  std::vector<std::unique_ptr<LaneWorld>> lanes_;
  std::vector<std::unique_ptr<Script>> scripts_;
  std::vector<std::unique_ptr<Instance>> instances_;
  struct Threads;
  std::unique_ptr<Threads> threads_;
};

// "GET <path> HTTP/1.1" with a Host and what is given, each line with its CR LF.
std::string get(std::string_view path, std::string_view headers = {});
std::string upgrade(std::string_view path);
// A masked client frame.
std::string ws_frame(unsigned opcode, std::string_view payload, bool fin = true);
inline std::string ws_text(std::string_view text) { return ws_frame(1, text); }
std::string ws_close(uint16_t code);
// An unmasked server frame.
std::string server_frame(unsigned opcode, std::string_view payload);
std::string server_close(uint16_t code, std::string_view reason = {});

}  // namespace signalbox::testing
