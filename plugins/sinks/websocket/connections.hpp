// The open WebSockets of one instance.  Lane only.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <sbx/name_index.hpp>
#include <sbx/sbx.hpp>
#include <sbx/small_list.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "plugins/sinks/websocket/counters.hpp"

namespace websocket {

// A channel that somebody is in, and how many are.  Held by Listeners.
struct Listened {
  const std::string channel;
  size_t connections = 0;
  std::string_view index_name() const { return channel; }
};

// A subscribe that the host has not answered yet.
struct Asked {
  size_t left = 0;           // channels without an answer
  bool fresh = true;         // the connection was not in them before
  std::string ref;           // raw JSON, or empty
  std::string channel = {};  // of a message's; empty once the client left it again
};

// The subscribes of one connection that the host has not answered yet, by their refs.  Nearly always none.
class AskedList {
 public:
  size_t size() const { return by_ref_ ? by_ref_->size() : 0; }
  void add(uint64_t ref, Asked asked);
  Asked *find(uint64_t ref);
  void remove(uint64_t ref);
  template <class F>
  void for_each(F &&visit) {
    if (!by_ref_) return;
    for (auto &[ref, asked] : *by_ref_) visit(asked);
  }

 private:
  std::unique_ptr<std::map<uint64_t, Asked>> by_ref_;
};

// How many messages may come: `per_second` in the long run, `burst` at once.  0 = any number.
struct AllowanceLimits {
  uint64_t per_second = 0, burst = 0;
};
class Allowance {
 public:
  Allowance(const AllowanceLimits &limits, int64_t now_ns) : left_(static_cast<double>(limits.burst)), at_ns_(now_ns) {}
  // Takes one; false when there is none left.
  bool take(const AllowanceLimits &limits, int64_t now_ns);

 private:
  double left_;
  int64_t at_ns_;
};

// What a connection's query asked for, as far as it is of use after that.
struct Asides {
  std::string auth;                            // for channels that are asked for without one
  std::string since;                           // what it may be shown before the log has spoken
  size_t bad_in_query = 0, over_in_query = 0;  // channels that could not be asked for
};

// The public id, as Services::random_id makes it.
inline constexpr size_t kPublicIdSize = 20;

// Thousands of them wait: what most do not need is not in here but behind a pointer.
struct Connection {
  Connection(sbx_id own, std::string_view public_name, Allowance messages);

  std::string_view public_id() const { return {public_id_.data(), public_id_.size()}; }
  std::string_view index_name() const { return public_id(); }
  bool in(std::string_view channel) const;
  std::string_view auth() const { return asides ? std::string_view(asides->auth) : std::string_view(); }
  std::string_view since() const { return asides ? std::string_view(asides->since) : std::string_view(); }

  const sbx_id id;
  Allowance allowance;
  sbx::SmallList<Listened *> channels;
  AskedList asked;
  std::unique_ptr<Asides> asides;
  std::optional<std::list<std::pair<sbx_id, int64_t>>::iterator> idle;  // its place with Idle
  std::optional<Close> closing;                                         // we have closed it; on_close is to come
  bool welcomed = false;
  uint32_t bad_in_row = 0;  // messages

 private:
  std::array<char, kPublicIdSize> public_id_;  // what others may know it by: an event's `except`
};

class Connections {
 public:
  Connection &add(sbx_id id, std::string_view public_id, Allowance allowance);
  // nullptr: not one of these, or not any more.
  Connection *find(sbx_id id);
  // 0: not one of these.
  sbx_id with_public_id(std::string_view public_id) const;
  void remove(sbx_id id);
  bool empty() const { return by_id_.empty(); }
  std::vector<sbx_id> ids() const;

 private:
  std::unordered_map<sbx_id, Connection> by_id_;
  sbx::NameIndex<Connection> by_public_id_;
};

}  // namespace websocket
