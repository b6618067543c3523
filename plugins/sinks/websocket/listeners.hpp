// Which channels the connections of this instance are in, each name kept once: what nobody here listens to need not be
// encoded.  Lane only.
#pragma once
#include <cstddef>
#include <memory>
#include <sbx/name_index.hpp>
#include <string>
#include <string_view>

#include "plugins/sinks/websocket/connections.hpp"

namespace websocket {

class Listeners {
 public:
  Listeners() = default;
  ~Listeners() {
    channels_.for_each([](Listened &listened) { delete &listened; });
  }
  Listeners(const Listeners &) = delete;
  Listeners &operator=(const Listeners &) = delete;

  // One more; good until it was removed as often as added.
  Listened *add(std::string_view channel) {
    Listened *found = channels_.find(channel);
    if (!found) {
      auto made = std::make_unique<Listened>(Listened{std::string(channel)});
      channels_.add(*made);
      found = made.release();
    }
    ++found->connections;
    return found;
  }
  void remove(Listened *listened) {
    if (--listened->connections > 0) return;
    channels_.remove(*listened);
    delete listened;
  }
  bool any(std::string_view channel) const { return channels_.find(channel) != nullptr; }

 private:
  sbx::NameIndex<Listened> channels_;  // theirs are owned here
};

}  // namespace websocket
