// The host's services that this plugin lives on, and the few replies it gives over HTTP.  Copied freely; lane only.
#pragma once
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sinks/socketio/engine_packet.hpp"

namespace socketio {

struct Services {
  explicit Services(sbx::Host host);
  // False when this host lacks one of them.
  bool complete() const { return loop && http && fanout; }

  int64_t now_ns() const { return loop->mono_ns(host.get()); }
  // May somebody from this address connect?  Yes, where nobody counts.
  bool knock(std::string_view peer) const { return !visitors || visitors->knock(host.get(), sbx::raw(peer)) >= 0; }
  // Tells the host who a connection is, or what more is known of it; what is empty stays as it was.
  void introduce(sbx_id member, sbx_visitor visitor) const;

  // `bytes` random bytes as URL-safe base64.  REQUIRES: bytes is a multiple of 3
  std::string random_id(size_t bytes) const;

  // `retry_after`: seconds; empty = not said.
  void respond(sbx_id request, uint32_t status, std::string_view content_type, std::string_view body,
               std::string_view retry_after = {}) const;
  void close(sbx_id ws, uint32_t code, std::string_view reason) const {
    http->close(host.get(), ws, code, sbx::raw(reason));
  }

  // Sends packets to one member; all or none of them.  `gap`: told in their place when the outbox drops them.
  void post(sbx_id member, const Parts &parts, bool control = false, std::string_view gap = {}) const;
  void post_control(sbx_id member, std::string_view packet) const {
    post(member, {{false, std::string(packet)}}, true);
  }
  // Sends packets to the members of a group but one; how many they are.
  size_t publish(std::string_view group, const Parts &parts, sbx_id except) const;
  // In on_event: to the subscribers of the event's channel that have this kind.
  size_t publish(const sbx_event &event, std::string_view kind, const Parts &parts, bool control, std::string_view gap,
                 sbx_id except) const;

  sbx::Host host;
  const sbx_loop *loop;
  const sbx_http *http;
  const sbx_fanout *fanout;
  const sbx_log *log;            // only mode echo needs it
  const sbx_visitors *visitors;  // nullptr: this host asks nobody who they are
};

// Parts as a frame of the host; what it is given outlives it.
class Frame {
 public:
  Frame(const Parts &parts, bool control, std::string_view gap = {});
  Frame(const Frame &) = delete;
  Frame &operator=(const Frame &) = delete;
  const sbx_frame *get() const { return &frame_; }

 private:
  std::vector<sbx_str> views_;
  std::vector<uint8_t> binary_;
  sbx_frame frame_{};
};

}  // namespace socketio
