// One connection's conversation with Redis, without the connection: AUTH, SELECT, SUBSCRIBE and PSUBSCRIBE, the
// confirmation of each, then messages, and PING when nothing has been heard for a while.  Time comes in as an argument;
// what is to be done goes out through Session::Port, which must outlive the session and must not destroy it.
#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sources/redis/resp_reader.hpp"
#include "plugins/sources/redis/subscriptions.hpp"

namespace redis {

struct SessionOptions {
  std::string username, password;  // both empty: no AUTH
  uint32_t db = 0;
  size_t payload_max = 1u << 20;
  int64_t setup_timeout_ns = 0;  // from open to the last confirmation
  int64_t ping_interval_ns = 0;  // of silence
  int64_t ping_timeout_ns = 0;
};

class Session {
 public:
  struct Message {
    std::string_view channel, payload;
    bool too_big = false;
    size_t size = 0;  // of the payload, also when it is too big to be there
  };
  class Port {
   public:
    virtual void send(std::string_view bytes) = 0;
    virtual void subscribed() = 0;  // everything is confirmed
    virtual void message(const Message &m) = 0;
    virtual void repeated() = 0;  // a copy that another subscription has brought or will bring
    virtual void warn(std::string_view text) = 0;
    virtual void failed(std::string_view why) = 0;  // close the connection; nothing follows

   protected:
    ~Port() = default;
  };

  Session(const SessionOptions &options, const Subscriptions &subscriptions, Port &port);
  void opened(int64_t now_ns);
  void receive(int64_t now_ns, std::string_view bytes);
  // When tick() wants to be called; earlier or later does no harm.
  int64_t deadline_ns() const;
  void tick(int64_t now_ns);
  bool live() const { return state_ == State::kLive; }

 private:
  enum class State { kNew, kAuth, kSelect, kSubscribe, kLive, kFailed };

  void command(const std::vector<std::string_view> &words);
  void select();
  void subscribe();
  void handle(const Reply &r);
  void handle_pushed(const Reply &r);
  void handle_error(const std::string &text);
  void confirm(std::string_view kind, const std::string &name);
  void fail(std::string_view why);
  std::string explain(const std::string &error) const;

  const SessionOptions &options_;
  const Subscriptions &subscriptions_;
  Port &port_;
  RespReader reader_;
  State state_ = State::kNew;
  std::set<std::string, std::less<>> unconfirmed_channels_, unconfirmed_patterns_;
  int64_t opened_ns_ = 0, heard_ns_ = 0, pinged_ns_ = 0;  // pinged_ns_ 0: no PING is out
  bool told_ping_refused_ = false;
};

}  // namespace redis
