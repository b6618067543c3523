// One client that asks what is new and gets one JSON document: at once, or after `wait` when there is nothing.  While
// it waits it is a live subscriber through a virtual member of the fan-out.  Owned by its Endpoint; lane only.
//
// A document that could not hold everything says `"more":true`.  Its `cursor` is always that of the last event in the
// document, or one before which nothing is missing: what did not fit, or came too late for it, is replayed to the next
// poll.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sinks/sse/counters.hpp"
#include "plugins/sinks/sse/query.hpp"
#include "plugins/sinks/sse/refusal.hpp"
#include "plugins/sinks/sse/services.hpp"
#include "plugins/sinks/sse/subscription.hpp"

namespace sse {

class Poll {
 public:
  // The piece that stands for lost events in the queue of a virtual member; an event is two pieces, its entry and its
  // cursor.
  static constexpr std::string_view kGapPiece = "gap";
  // Replayed entries of one document together.
  static constexpr size_t kReplayBytesMax = 4u << 20;

  Poll(Services services, sbx_id request, size_t events_max, size_t channels)
      : services_(services), request_(request), events_max_(events_max), subscription_(channels) {}
  Poll(const Poll &) = delete;
  Poll &operator=(const Poll &) = delete;
  ~Poll() { leave(); }

  // `on`: where the member reports.
  sbx_status subscribe(const Query &query, const sbx_request &request, const sbx_member_events &on, void *user);
  void on_subscribed(const sbx_subscribed &s);
  void on_replay(const sbx_event &event);
  void on_live(std::string_view cursor);
  void on_ended(RefusedChannel refused);
  void on_ready();
  void on_overflow() { cut_ = true; }  // the member is gone; what it held is still in the log
  void on_deadline();

  // Is there something to say?
  bool complete() const { return cut_ || subscription_.all_refused() || (live_ && (due_ns == 0 || news() || ended_)); }
  // Answers with what there is, and leaves.
  PollEnd answer();
  // The same, because the server stops.
  PollEnd answer_stopping();

  sbx_id request() const { return request_; }
  sbx_id member() const { return member_; }

  int64_t due_ns = 0;  // until when it waits; 0 = not at all

 private:
  bool news() const { return count_ > 0 || gap_; }
  void collect();
  void include(std::string_view entry, std::string_view cursor);
  void leave();
  std::string document() const;
  std::string refused_list() const;
  std::string members_list() const;

  Services services_;
  sbx_id request_, member_ = 0;
  size_t events_max_, count_ = 0;
  Subscription subscription_;
  std::string events_, place_;
  std::vector<RefusedChannel> refused_;
  std::map<std::string, std::string, std::less<>> members_;  // of presence channels, as JSON arrays
  bool live_ = false, gap_ = false;
  bool cut_ = false;    // more cannot be included
  bool ended_ = false;  // a channel was ended by the host while it waited
};

}  // namespace sse
