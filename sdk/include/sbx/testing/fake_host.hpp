// FakeHost: signalbox in memory, for the tests and fuzzers of plugins.  Time is virtual, chance is seeded, nothing
// happens unless the test makes it happen.  It holds plugins to the rules of sbx.h: what a call causes comes in a later
// turn (R3), lent memory dies with the call (R1), ids go stale and are never used again (R6); whoever breaks a rule
// that has no answer for it stops the test with a message (fault).  One FakeHost is one instance's host.
//
//   sbx::testing::FakeHost host;
//   auto &net = host.part<sbx::testing::FakeStream>();      // a service: fake_stream.hpp, fake_http.hpp, ...
//   sbx::testing::Plugin p(host, table, R"({"url":"redis://h"})");
//   p.start();
//   net.open(net.newest());
//   host.advance(5 * sbx::kSecondNs);
//
// A further service is a class with its state and a static table.  Its constructor takes FakeHost & and calls
// provide(); the table's functions find it with FakeHost::at(h).part<T>(), call the plugin with host.call() and queue
// what must come later with host.later().
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeindex>
#include <utility>
#include <vector>

#include "../sbx.hpp"
#include "lent.hpp"

namespace sbx::testing {

[[noreturn]] inline void fault(std::string_view what) {
  std::fprintf(stderr, "fake host: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

class FakeHost {
 public:
  struct Log {
    int32_t level;
    std::string text;
  };
  struct Problem {
    std::string where, what;
    bool operator==(const Problem &) const = default;
  };

  // What the plugin did.  Tests may clear these as they go.
  std::vector<Event> emitted;
  std::vector<Log> logs;
  std::vector<Problem> problems, warnings;
  std::vector<std::string> reasons;
  std::optional<bool> ready;  // nothing = it never said
  size_t left_out = 0;        // lines that it asked about and that were not wanted
  bool stopped = false;

  // What the host answers.
  sbx_status emit_answer = SBX_OK;                   // e.g. SBX_FULL
  std::function<sbx_status(const Event &)> on_emit;  // asked instead, when set
  std::map<std::string, std::string, std::less<>> assets;
  bool wants_log = true;  // false: as if the rate of its lines were used up
  uint32_t lane = 0, lanes = 1;
  int64_t now_ns = 1000 * kSecondNs;
  int64_t wall_offset_ns = 1'700'000'000 * kSecondNs;

  explicit FakeHost(uint64_t seed = 1, const char *instance = "fake");
  FakeHost(const FakeHost &) = delete;
  FakeHost &operator=(const FakeHost &) = delete;

  const sbx_host *get() const { return &host_; }
  static FakeHost &at(const sbx_host *h) { return *static_cast<FakeHost *>(h->ctx); }

  // The state of type T, made on first use with T(FakeHost &) or T().
  template <class T>
  T &part() {
    auto &slot = parts_[std::type_index(typeid(T))];
    if (!slot) {
      if constexpr (std::is_constructible_v<T, FakeHost &>)
        slot = std::make_shared<T>(*this);
      else
        slot = std::make_shared<T>();
    }
    return *static_cast<T *>(slot.get());
  }
  // Registers a service table; nullptr takes the service away.
  void provide(const char *name, const void *table) { services_[name] = table; }

  // Every call into the plugin goes through here, also those of other parts: R3 is enforced.
  template <class F>
  decltype(auto) call(F &&f) {
    Inside guard(*this);
    return f();
  }
  bool inside() const { return inside_; }
  bool creating() const { return creating_; }  // inside create(): services that begin with start() refuse
  // Queues a consequence for turn().  [any thread]
  void later(std::function<void()> f) {
    std::lock_guard lock(mutex_);
    later_.push_back(std::move(f));
  }
  // Does this when the turn is over, once; f is no call of the plugin.
  void at_turn_end(std::function<void()> f) { turn_ends_.push_back(std::move(f)); }
  // Runs everything that is queued, then ends the turn (on_turn_end if events were given since the last one).
  void turn();
  // Lets time pass; timers run at their time, in order, each followed by a turn.
  void advance(int64_t ns);
  // A timer of the host's own (a dial's timeout, for example).  cancel_timer ends it.
  sbx_id after(int64_t ns, std::function<void()> f) { return arm(ns, 0, std::move(f)); }
  bool cancel_timer(sbx_id id) { return timers_.erase(id) != 0; }
  size_t timers() const { return timers_.size(); }

  // Answers an emit that wanted an acknowledgement, and turns.  `cursor`: where the event was placed.
  void ack(uint64_t token, sbx_status status, std::string_view cursor = {});
  // Gives the plugin an event: its on_event, without a turn (several may belong to one).
  sbx_status give(const Event &e);
  // Lends it to f for the call, as give() does: also for other hooks that take an event.
  template <class F>
  decltype(auto) lend(const Event &e, F &&f) {
    auto lent = std::make_unique<LentEvent>(e);
    const sbx_event *head = &lent->head;
    {
      std::lock_guard lock(mutex_);
      events_.emplace(head, std::move(lent));
    }
    struct Back {
      const sbx_host *h;
      const sbx_event *e;
      ~Back() { h->release(h, e); }
    } back{get(), head};
    return f(head);
  }
  // Value of a counter or gauge, by name and the value of its one extra label; 0 when it was never made.
  double metric(std::string_view name, std::string_view label_value = {}) const;
  // How many log lines contain this.
  size_t logged(std::string_view part_of_line) const;
  // Events that a plugin retained and has not released.
  size_t retained() const { return events_.size(); }

  void random(void *out, size_t len);

 private:
  friend class Plugin;
  struct Timer {
    int64_t at_ns, every_ns;
    uint64_t order;  // of two that are due at once the one armed first
    std::function<void()> fn;
  };
  struct Metric {
    char kind;
    std::string name, label_value;
    double value = 0;
  };
  struct Inside {
    explicit Inside(FakeHost &h) : host(h) {
      if (std::exchange(host.inside_, true)) fault("R3: the plugin would be called from inside its own call");
    }
    ~Inside() { host.inside_ = false; }
    FakeHost &host;
  };
  static constexpr size_t kDedupeKeyMax = 512;
  // Consequences that one turn may have; more is a plugin and a fake chasing each other.
  static constexpr size_t kTurnMax = 1'000'000;

  sbx_id arm(int64_t after_ns, int64_t every_ns, std::function<void()> fn);
  void run_later();
  sbx_status take(const sbx_event &draft, const sbx_emit *how);
  void make_host(const char *instance);
  static const sbx_loop *loop_table();
  static const sbx_metrics *metrics_table();
  static const sbx_asset *asset_table();

  sbx_host host_{};
  const sbx_plugin *plugin_ = nullptr;  // what runs on this host, for acknowledgements and the end of turns
  void *self_ = nullptr;
  bool inside_ = false, creating_ = false, stop_asked_ = false, may_emit_ = true, events_given_ = false;
  std::mt19937_64 random_;
  std::map<std::string, const void *, std::less<>> services_;
  std::map<std::type_index, std::shared_ptr<void>> parts_;
  std::map<sbx_id, Timer> timers_;
  uint64_t last_timer_ = 0, armed_ = 0;
  std::map<const sbx_event *, std::unique_ptr<LentEvent>> events_;
  std::vector<Metric> metrics_;
  mutable std::recursive_mutex mutex_;  // what [any] functions touch: later_, logs, metrics_, events_, random_
  std::deque<std::function<void()>> later_;
  std::vector<std::function<void()>> turn_ends_;
};

}  // namespace sbx::testing

#include "fake_host_impl.hpp"
#include "plugin.hpp"
