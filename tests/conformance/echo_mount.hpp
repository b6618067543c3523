// /echo: a WebSocket that sends every message back with the same opcode.  Lane only.
#pragma once
#include <sbx/sbx.hpp>
#include <string>
#include <unordered_set>

#include "plugins/sinks/socketio/services.hpp"

namespace conformance {

class EchoMount {
 public:
  EchoMount(socketio::Services services, std::string listener) : services_(services), listener_(std::move(listener)) {}
  sbx_status mount();
  // Says goodbye to every client.
  void stop();

 private:
  void on_request(sbx_id id, const sbx_request &request);

  socketio::Services services_;
  std::string listener_;
  std::unordered_set<sbx_id> open_;
};

}  // namespace conformance
