// The HTTP side of the source: its mount, the bodies that are being read, how many requests there are at a time, their
// answers and what is counted and logged of them.  What a request means is the handler's business: `publish` is one.
// One to an instance; lane only.  (An instance without shards is mounted on one lane, and the host brings every
// connection with a request for it there.)
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

#include "plugins/sources/webhook/callback_request.hpp"
#include "plugins/sources/webhook/complaints.hpp"
#include "plugins/sources/webhook/options.hpp"
#include "plugins/sources/webhook/reply.hpp"
#include "plugins/sources/webhook/trial.hpp"

namespace webhook {

// What stands behind an endpoint.  Only requests for the very path, with a method it takes, come here.
class Handler {
 public:
  virtual ~Handler() = default;
  // Before the body is looked at: a refusal, or nothing.
  virtual std::optional<Reply> judge(const sbx_request &request) = 0;
  // Does take() need more of the request than its body?
  virtual bool wants_head() const { return false; }
  // The whole body: the answer, or nothing when it comes later by Endpoint::answer().
  virtual std::optional<Reply> take(sbx_id request, const CallbackRequest &whole) = 0;
  // What would become of this request at that time: nothing is emitted, answered or remembered.
  virtual Trial rehearse(const sbx_request &request, const CallbackRequest &whole, int64_t now_s) const = 0;
  // The client went away before that later answer.
  virtual void forget(sbx_id request) = 0;
};

class Endpoint {
 public:
  Endpoint(sbx::Host host, const sbx_http &http, const sbx_loop &loop, const EndpointOptions &options);
  // What would become of a request: for the right path with the right method, it is the handler's business.
  Trial rehearse(const Handler &handler, const sbx_request &request, std::string_view body, int64_t wall_ns) const;
  // In start().  REQUIRES: the handler lives as long as this
  sbx_status mount(Handler &handler);
  // Answers a request that take() left open.
  void answer(sbx_id id, const Reply &reply);
  // From here on requests are refused, those that are still being read too.  Those whose events are on their way get
  // their answer first; `done` is called once, when there are none (left), also from inside this.
  void stop(std::function<void()> done);

 private:
  struct Exchange {
    std::string peer;
    CallbackRequest whole;
    int64_t begun_ns = 0;
    uint64_t number = 0;   // in the order of their arrival
    bool waiting = false;  // for its answer
  };
  sbx_http_events events();
  void on_request(sbx_id id, const sbx_request &request);
  void on_body(sbx_id id, std::string_view chunk, bool last);
  void on_close(sbx_id id, sbx_status why);
  std::optional<Reply> gate(const sbx_request &request) const;
  std::optional<Reply> judge(const sbx_request &request);
  bool give_up_oldest();
  void finish(sbx_id id, std::string_view peer, int64_t begun_ns, const Reply &reply);
  void tell(std::string_view peer, int64_t took_ns, const Reply &reply) const;
  void count(const char *outcome);
  void stopped_if_empty();

  sbx::Host host_;
  const sbx_http &http_;
  const sbx_loop &loop_;
  const EndpointOptions options_;
  Handler *handler_ = nullptr;
  std::unordered_map<sbx_id, Exchange> exchanges_;  // admitted and not answered
  std::map<uint64_t, sbx_id> reading_;              // those whose body is still coming, by number
  uint64_t last_number_ = 0;
  std::map<std::string_view, sbx::Metric> outcomes_;
  Complaints complaints_;
  sbx::Metric late_;
  bool stopping_ = false;
  std::function<void()> done_;
};

}  // namespace webhook
