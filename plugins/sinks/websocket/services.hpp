// The host's services that this plugin lives on.  Copied freely; lane only.
#pragma once
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

namespace websocket {

struct Services {
  explicit Services(sbx::Host h);
  // False when this host lacks one of them.
  // `visitors` may be missing: then everybody may connect, and nobody say anything.
  bool complete() const { return loop && http && fanout && log; }

  int64_t now_ns() const { return loop->mono_ns(host.get()); }
  // What nobody can guess, as 20 URL-safe characters.
  std::string random_id() const;
  // This lane's place in the log.
  std::string head() const;
  // May this address connect now?
  bool may_connect(sbx_str peer) const;
  // Tells the host who a connection is.  `token`: decoded, may be empty.
  void introduce(sbx_id conn, std::string_view public_id, const sbx_request &request, std::string_view token) const;
  // A whole plain answer, with one more header if it has a name.
  void respond(sbx_id request, uint32_t status, std::string_view body, sbx_attr header = {}) const;
  // What the protocol itself has to say to one client: exempt from its outbox's limit.
  void tell(sbx_id conn, std::string_view message) const;

  sbx::Host host;
  const sbx_loop *loop;
  const sbx_http *http;
  const sbx_fanout *fanout;
  const sbx_log *log;
  const sbx_visitors *visitors;
};

// A frame of one text message; everything that it is given outlives it.
class Frame {
 public:
  explicit Frame(std::string_view message, uint32_t flags = 0) : part_(sbx::raw(message)) {
    frame_.size = sizeof frame_;
    frame_.flags = flags;
    frame_.parts = &part_;
    frame_.part_count = 1;
  }
  Frame(const Frame &) = delete;
  Frame &operator=(const Frame &) = delete;
  void set_key(std::string_view key) { frame_.coalesce_key = sbx::raw(key); }
  void set_gap(std::string_view message) { frame_.gap = sbx::raw(message); }
  const sbx_frame *get() const { return &frame_; }

 private:
  sbx_str part_;
  sbx_frame frame_{};
};

}  // namespace websocket
