// The host's services that this plugin lives on, in its own words.  Copied freely; lane only.
#pragma once
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

namespace sse {

// Which encoding of an event a subscriber gets (sbx_subscribe.kind).
inline constexpr std::string_view kPlain = "p", kEnvelope = "e", kPoll = "j";

struct Services {
  explicit Services(sbx::Host h)
      : host(h),
        loop(h.service<sbx_loop>()),
        http(h.service<sbx_http>()),
        fanout(h.service<sbx_fanout>()),
        log(h.service<sbx_log>()),
        visitors(h.service<sbx_visitors>()) {}
  // False when this host lacks one of them; `visitors` may be missing: then everybody may connect.
  bool complete() const { return loop && http && fanout && log; }

  int64_t now_ns() const { return loop->mono_ns(host.get()); }
  // From 0 to below `n`, evenly enough to spread things.  REQUIRES: n > 0
  uint64_t random_below(uint64_t n) const;
  // This lane's place in the log.
  std::string head() const;

  // May this address connect now?
  bool may_connect(sbx_str peer) const;
  // Tells the host who a stream, or the member of a poll, is.  `token`: decoded, may be empty.
  void introduce(sbx_id conn, const sbx_request &request, std::string_view token) const;

  // A piece of a stream for one client, exempt from the limits of its outbox.
  void post_control(sbx_id stream, std::string_view piece) const;

  sbx::Host host;
  const sbx_loop *loop;
  const sbx_http *http;
  const sbx_fanout *fanout;
  const sbx_log *log;
  const sbx_visitors *visitors;
};

// A frame of one piece, which outlives it; so does the gap, which takes its place when an outbox's policy drops it.
sbx_frame one_piece(const sbx_str &piece, std::string_view gap = {});

}  // namespace sse
