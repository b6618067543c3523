// LaravelRule: asks an application's endpoint who may listen.  So many calls are under way at a time and no more; the
// others wait their turn, so that thousands who come at once after a restart are all asked for and the application is
// not run over.  Equal questions that are under way are one call.  Never a second try: a no is a no, and a client asks
// again by itself.  One to a rule of the configuration; lane only.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <sbx/sbx.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "plugins/filters/auth/admitted_cache.hpp"
#include "plugins/filters/auth/fair_queue.hpp"
#include "plugins/filters/auth/laravel_request.hpp"
#include "plugins/filters/auth/token_rule.hpp"

namespace auth {

// What all `laravel` rules of an instance count together.
struct CallMetrics {
  explicit CallMetrics(sbx::Host host);
  sbx::Metric under_way, waiting, cached, joined;
  size_t calls_under_way = 0, asks_waiting = 0;
};

class LaravelRule {
 public:
  using Then = std::function<void(const Judgement &)>;

  LaravelRule(sbx::Host host, const sbx_loop &loop, LaravelOptions options, CallMetrics &metrics);
  LaravelRule(const LaravelRule &) = delete;
  LaravelRule &operator=(const LaravelRule &) = delete;
  ~LaravelRule();

  // Calls `then` once, before it returns or in a later call.
  void judge(const LaravelAsk &ask, Then then);
  // Ends all calls; nobody who waits is told.
  void forget_all();

 private:
  struct Call {
    std::string key;
    LaravelRequest request;
    bool presence = false;
    int64_t until_ns = 0;  // when waiting ends
    sbx_id fetch = 0;      // 0 = it waits
    std::vector<Then> thens = {};
  };
  using Calls = std::unordered_map<uint64_t, Call>;

  void enqueue(LaravelRequest request, std::string key, const LaravelAsk &ask, Then then);
  void begin_calls();
  void begin(Calls::iterator found);
  void on_fetched(sbx_id fetch, const sbx_fetched &fetched);
  void on_timer();
  void arm();
  void end(Calls::iterator found, const Judgement &judgement);
  void count(int calls, int waiting);

  sbx::Host host_;
  const sbx_loop &loop_;
  const sbx_http_client &client_;
  const LaravelOptions options_;
  CallMetrics &metrics_;
  AdmittedCache cache_;
  Calls calls_;
  FairQueue queue_;
  std::unordered_map<std::string, uint64_t> call_of_key_;
  std::unordered_map<sbx_id, uint64_t> call_of_fetch_;
  uint64_t last_call_ = 0;
  size_t waiting_ = 0;        // asks of calls in the queue
  size_t waiting_bytes_ = 0;  // of their requests
  size_t asks_ = 0;           // of all calls
  sbx_id timer_ = 0;
};

}  // namespace auth
