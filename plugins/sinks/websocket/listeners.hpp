// Which channels the connections of this instance are in, each name kept once: what nobody here listens to need not be
// encoded.  Lane only.
#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "plugins/sinks/websocket/connections.hpp"

namespace websocket {

class Listeners {
 public:
  // One more; good until it was removed as often as added.
  const Listened *add(std::string_view channel) {
    auto found = channels_.find(channel);
    if (found == channels_.end()) found = channels_.emplace(std::string(channel), 0).first;
    ++found->second;
    return &*found;
  }
  void remove(const Listened *listened) {
    const auto found = channels_.find(listened->first);
    if (--found->second == 0) channels_.erase(found);
  }
  bool any(std::string_view channel) const { return channels_.find(channel) != channels_.end(); }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, size_t, Hash, std::equal_to<>> channels_;
};

}  // namespace websocket
