// The open WebSockets of one instance.  Lane only.
#pragma once
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "plugins/sinks/websocket/counters.hpp"

namespace websocket {

// A channel that somebody is in, and how many are.  Held by Listeners.
using Listened = std::pair<const std::string, size_t>;

// A subscribe that the host has not answered yet.
struct Asked {
  size_t left = 0;           // channels without an answer
  bool fresh = true;         // the connection was not in them before
  std::string ref;           // raw JSON, or empty
  std::string channel = {};  // of a message's; empty once the client left it again
};

// How many messages may come: `per_second` in the long run, `burst` at once.  0 = any number.
class Allowance {
 public:
  Allowance(uint64_t per_second, uint64_t burst, int64_t now_ns);
  // Takes one; false when there is none left.
  bool take(int64_t now_ns);

 private:
  double per_second_, burst_, left_;
  int64_t at_ns_;
};

struct Connection {
  sbx_id id;
  std::string public_id;  // what others may know it by: an event's `except`
  Allowance allowance;
  bool welcomed = false;
  std::string auth = {};                       // of the query: for channels that are asked for without one
  std::string since = {};                      // of the query: what it may be shown before the log has spoken
  size_t bad_in_query = 0, over_in_query = 0;  // channels that could not be asked for
  size_t bad_in_row = 0;                       // messages
  std::vector<const Listened *> channels = {};
  std::map<uint64_t, Asked> asked = {};                                      // by the ref of its subscribe
  std::optional<Close> closing = {};                                         // we have closed it; on_close is to come
  std::optional<std::list<std::pair<sbx_id, int64_t>>::iterator> idle = {};  // its place with Idle

  bool in(std::string_view channel) const;
};

class Connections {
 public:
  Connection &add(Connection connection);
  // nullptr: not one of these, or not any more.
  Connection *find(sbx_id id);
  // 0: not one of these.
  sbx_id with_public_id(std::string_view public_id) const;
  void remove(sbx_id id);
  bool empty() const { return by_id_.empty(); }
  std::vector<sbx_id> ids() const;

 private:
  std::unordered_map<sbx_id, std::unique_ptr<Connection>> by_id_;
  std::unordered_map<std::string_view, sbx_id> by_public_id_;  // views into the connections
};

}  // namespace websocket
