// A connection that a client opened: TLS handshake, HTTP/1.1 requests, and after an upgrade a WebSocket.  A plain state
// machine on one lane; between two requests it may be handed to another lane.  An idle WebSocket keeps no buffer: bytes
// are read into the lane's scratch buffer, and the HTTP side is freed at the upgrade.
//
// To the plugin an exchange (one request with its response, or one WebSocket) is the connection's id() of that time;
// when the exchange ends the connection gets a new id.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/io/lane.hpp"
#include "core/io/socket.hpp"
#include "core/net/fanout.hpp"
#include "core/net/http_parser.hpp"
#include "core/net/http_response.hpp"
#include "core/net/listener.hpp"
#include "core/net/mount.hpp"
#include "core/net/pulse.hpp"
#include "core/net/ws_codec.hpp"

namespace signalbox::net {

class HttpServer;

class Connection final : public Member, private io::FdEvents, private WsSink {
 public:
  Connection(Listener &listener, io::Socket socket, const io::PeerAddress &peer);
  ~Connection() override;

  // Begins, or goes on after having been handed over, on this server's lane.
  void settle(HttpServer &server);

  // What a plugin may do with an exchange (sbx.http/1).  The caller has looked the id up.
  sbx_status respond(uint32_t status, const sbx_attr *headers, size_t count, std::string_view body, bool more);
  sbx_status write(std::string_view chunk, bool more);
  sbx_status accept_ws(const sbx_ws_accept &options);
  sbx_status send(std::string_view data, bool binary);
  void close(uint32_t ws_code, std::string_view reason);

  Connection *connection() override { return this; }
  // The server stops: no further request; an exchange may still end.
  void drain();
  // At once, whatever waits.
  void abort(sbx_status why);

 private:
  friend class HttpServer;
  enum class State : uint8_t { tls_handshake, http, websocket, lingering, closed };
  struct Http;  // what a request needs, connection_http.cpp

  // connection.cpp: bytes in and out, end
  void on_readable() override;
  void on_writable() override;
  void go_on_with_handshake();
  void read_some();
  void discard_some();
  void flush(FlushBatch &batch) override;
  void overflowed() override;
  void drained();
  void linger();
  void lost();
  void input_ended();
  void tell_drained();
  void fail(sbx_status why, bool reset = false);
  void finish_exchange(sbx_status why, uint32_t ws_code);
  void defer(void (Connection::*step)());
  void deadline_passed();
  void set_deadline_in(int64_t ns);  // 0 = none
  void rest_deadline();              // none for now, and soon there is one again
  void limit_unacked();
  void push(FramePtr frame);

  // connection_http.cpp: requests
  bool take_http(std::string_view bytes);
  size_t parse(std::string_view bytes);
  void begin_request();
  void dispatch();
  void announce();
  void body_part(std::string_view bytes, bool last);
  void next_request();
  void take_kept();
  void hand_over(unsigned lane);

  // connection_response.cpp: responses
  sbx_status send_head(int status, std::span<const HeaderView> headers, std::optional<uint64_t> length,
                       std::string_view body);
  std::string_view peer_text();
  void answer(int status, std::string_view text, std::vector<HttpHeader> headers = {});
  void answer_file();
  void complete_response();

  // connection_ws.cpp: messages
  void take_ws(std::span<char> bytes);
  void begin_websocket();
  void leave_http();
  void finish_websocket(sbx_status why);
  void say_close(uint16_t code, std::string_view reason);
  void check_pulse();
  void feed(std::span<char> bytes);
  void on_message(std::string_view message, bool binary) override;
  void on_ping(std::string_view payload) override;
  void on_pong(std::string_view payload) override;
  void on_close(uint16_t code, std::string_view reason) override;

  // What a flush looks at, together.
  Listener &listener_;
  HttpServer *server_ = nullptr;
  uint32_t listed_ = 0;  // when the server looks at its deadline; 0 = never
  uint16_t close_code_ = 0;
  State state_ = State::http;
  bool write_blocked_ = false;  // the kernel is full: wait for on_writable
  bool closing_ = false;        // close when everything is written
  bool close_sent_ = false, close_received_ = false;
  bool draining_ = false;
  bool read_paused_ = false;
  bool read_needs_writing_ = false;  // TLS: reading goes on when the socket is writable
  io::Socket socket_;
  io::WatchId watch_ = 0;
  std::unique_ptr<Http> http_;
  Mount *mount_ = nullptr;  // whose exchange is open
  WsDecoder decoder_;
  uint64_t message_max_ = 0;
  int64_t deadline_ns_ = 0;                           // 0 = none
  Connection *previous_ = nullptr, *next_ = nullptr;  // the server's list
  io::PeerAddress peer_;
  Pulse pulse_;
};

}  // namespace signalbox::net
