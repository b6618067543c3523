// One client that reads a stream of events, from its first byte to its end.  Owned by its Endpoint; lane only.
#pragma once
#include <memory>
#include <sbx/sbx.hpp>
#include <sbx/shared_frames.hpp>
#include <string>
#include <string_view>

#include "plugins/sinks/sse/counters.hpp"
#include "plugins/sinks/sse/query.hpp"
#include "plugins/sinks/sse/refusal.hpp"
#include "plugins/sinks/sse/services.hpp"
#include "plugins/sinks/sse/subscription.hpp"

namespace sse {

class Stream {
 public:
  // `id`: the request, whose stream has been opened.  `services` and `shared` outlive it.
  Stream(const Services &services, sbx::SharedFrames &shared, sbx_id id, bool envelope)
      : services_(services), shared_(shared), id_(id), envelope_(envelope) {}

  sbx_status subscribe(const Query &query);
  void on_subscribed(const sbx_subscribed &s);
  void on_replay(const sbx_event &event);
  void on_live(std::string_view cursor);
  void on_ended(const RefusedChannel &refused);
  // Is there no channel left that could send anything?
  bool abandoned() const { return channels_ == 0; }
  // The last words and the end of the response; on_close follows.
  void end(StreamEnd why, int64_t retry_ms);

  bool envelope() const { return envelope_; }
  std::string_view kind() const { return envelope_ ? kEnvelope : kPlain; }
  // Why it ended when its exchange closes with this status.
  StreamEnd ended(sbx_status status) const;

  int64_t due_ns = 0;  // when it is too old; 0 = never

 private:
  void show_place(std::string_view cursor);

  const Services &services_;
  sbx::SharedFrames &shared_;  // what several are replayed
  sbx_id id_;
  size_t channels_ = 1;  // asked for and not refused; before it asks there is nothing to be abandoned by
  bool envelope_, ending_ = false;
  StreamEnd why_ = StreamEnd::kClient;
  // Until it is live.
  struct Behind {
    Subscription subscription;
    std::string shown;  // the last cursor
  };
  std::unique_ptr<Behind> behind_;
};

}  // namespace sse
