// The sink's place on its listener: takes requests apart, keeps its streams and polls, and passes the log's words on to
// them.  One per instance; lane only.
#pragma once
#include <functional>
#include <memory>
#include <sbx/sbx.hpp>
#include <sbx/shared_frames.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

#include "plugins/sinks/sse/accept.hpp"
#include "plugins/sinks/sse/counters.hpp"
#include "plugins/sinks/sse/deadlines.hpp"
#include "plugins/sinks/sse/heartbeat.hpp"
#include "plugins/sinks/sse/options.hpp"
#include "plugins/sinks/sse/poll.hpp"
#include "plugins/sinks/sse/publisher.hpp"
#include "plugins/sinks/sse/services.hpp"
#include "plugins/sinks/sse/stream.hpp"

namespace sse {

class Endpoint {
 public:
  // REQUIRES: services.complete()
  Endpoint(Services services, Options options);
  Endpoint(const Endpoint &) = delete;
  Endpoint &operator=(const Endpoint &) = delete;

  sbx_status start();
  void on_event(const sbx_event &event);
  // Ends all streams and answers all polls; `done` when the last exchange has closed.
  void stop(std::function<void()> done);

 private:
  static sbx_http_events http_events();
  static sbx_log_events log_events();
  static sbx_member_events member_events();

  void on_request(sbx_id id, const sbx_request &request);
  void on_read(sbx_id id, const sbx_request &request, Form form);
  void on_close(sbx_id id, sbx_status why);
  void on_deadline(sbx_id id);
  void go_on_from(Query &query, std::string_view last) const;
  void open_stream(sbx_id id, const sbx_request &request, const Query &query);
  void open_poll(sbx_id id, const sbx_request &request, const Query &query);
  void refuse(sbx_id id, Refusal why, uint32_t status, Form form, std::string_view sentence);
  void finish_if_abandoned(Stream &stream);
  void finish_if_complete(Poll &poll);
  void forget(Poll &poll, PollEnd why);
  int64_t retry_ms() const;
  void finish_stop();

  Stream *find_stream(sbx_id conn);
  Poll *find_poll(sbx_id member);
  // What the log says about a connection is for a stream or for the member of a poll.
  template <class F, class G>
  void tell(sbx_id conn, F &&to_stream, G &&to_poll) {
    if (Stream *stream = find_stream(conn)) {
      to_stream(*stream);
      return finish_if_abandoned(*stream);
    }
    if (Poll *poll = find_poll(conn)) {
      to_poll(*poll);
      finish_if_complete(*poll);
    }
  }
  template <class F>
  void enter(F &&f) noexcept {
    sbx::guarded(services_.host, std::forward<F>(f));
  }

  Services services_;
  Options options_;
  Counters counters_;
  Publisher publisher_;
  sbx::SharedFrames shared_;
  Heartbeat heartbeat_;
  Deadlines deadlines_;
  std::unordered_map<sbx_id, Stream> streams_;
  std::unordered_map<sbx_id, std::unique_ptr<Poll>> polls_;  // by their requests
  std::unordered_map<sbx_id, Poll *> polls_by_member_;
  size_t exchanges_ = 0, envelopes_ = 0;
  std::function<void()> stop_done_;
  bool stopping_ = false;
};

}  // namespace sse
