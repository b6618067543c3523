// A server that is somebody else's: plain blocking sockets on a thread, saying byte for byte what a test wants.
#pragma once
#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

struct ssl_st;
struct ssl_ctx_st;

namespace signalbox::testing {

// The server's end of one connection.
class FarPeer {
 public:
  FarPeer(int fd, ssl_st *ssl) : fd_(fd), ssl_(ssl) {}
  ~FarPeer();
  FarPeer(const FarPeer &) = delete;
  FarPeer &operator=(const FarPeer &) = delete;

  std::string request();  // head and body, or what came of it
  void say(std::string_view bytes);
  void wait_for_end();  // until the client goes away
  void reset();         // the connection breaks when this is deleted, without any farewell

 private:
  size_t read(char *into, size_t size);
  int fd_;
  ssl_st *ssl_;
  bool farewell_ = true;
};

class FarServer {
 public:
  using Talk = std::function<void(FarPeer &)>;
  // Each connection gets a thread with `talk`.  With a certificate and key (PEM files) it speaks TLS.
  explicit FarServer(Talk talk, const std::string &certificate = {}, const std::string &key = {});
  ~FarServer();
  FarServer(const FarServer &) = delete;
  FarServer &operator=(const FarServer &) = delete;

  uint16_t port() const { return port_; }
  int accepted() const { return accepted_; }

 private:
  void serve(int fd);
  Talk talk_;
  ssl_ctx_st *context_ = nullptr;
  int listening_ = -1;
  uint16_t port_ = 0;
  std::atomic<int> accepted_{0};
  std::vector<std::thread> talks_;
  std::thread accepting_;
};

}  // namespace signalbox::testing
