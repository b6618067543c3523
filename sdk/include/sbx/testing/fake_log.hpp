// FakeLog: sbx.log/1 over FakeFanout.  The test says what is retained, publishes events and decides when a subscription
// may go through its gate; plugins meet it as they meet the real one: callbacks in a later turn (R3), lent memory (R1).
//
//   auto &log = host.part<sbx::testing::FakeLog>();      // before the plugin is made
//   log.retain("pay.*", 2, FakeLog::Replay::kRetained);
//   log.event({.channel = "pay.7", .name = "paid", .data = "1"});   // answers its cursor
//   log.hold(true);                      // the next subscribers wait at the gate ...
//   log.hand(1);                         // ... are handed one event of their replay ...
//   log.hold(false);                     // ... and the rest, and go live
//
// Who is live on a channel is a group of the fan-out, so that transfer and the end of a connection take it along.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake_fanout.hpp"
#include "fake_host.hpp"

namespace sbx::testing {

class FakeLog {
 public:
  enum class Replay { kNone, kLast, kRetained };

  uint64_t epoch = 0x5b01;
  uint64_t seq = 0;          // the head
  uint32_t pipelines = 1;    // scopes: 0 and up
  size_t channels_max = 64;  // of one subscribe; more is ETOOBIG

  explicit FakeLog(FakeHost &host) : host_(host), fanout_(host.part<FakeFanout>()) {
    host.provide(SBX_LOG, table());
    fanout_.on_transfer = [this](sbx_id from, sbx_id to) {
      for (auto &gate : gates_)
        if (gate->conn == from) gate->conn = to;
    };
  }

  // Keeps the last `n` events of the channels that match, '*' being any run of characters.  The first rule wins;
  // without one a channel keeps nothing.
  void retain(std::string_view match, size_t n, Replay replay = Replay::kNone) {
    rules_.push_back({std::string(match), n, replay});
  }
  // Nobody is admitted to this channel (by this pipeline).
  void refuse(std::string_view channel, uint32_t scope) { refused_.emplace(channel, scope); }
  void refuse(std::string_view channel) {
    for (uint32_t scope = 0; scope < pipelines; ++scope) refuse(channel, scope);
  }

  // An event: it gets its place, is retained, given to the plugin and to the gates, and the turn ends.  Its cursor.
  std::string event(Event e);
  // Events of this channel were lost on their way.
  void lose(std::string_view channel, uint32_t scope = 0) {
    Event e{.channel = std::string(channel)};
    e.gap = true;
    e.scope = scope;
    show(e);
    host_.turn();
  }

  // Subscribers wait at the gate (after on_subscribed); false lets all of them through.
  void hold(bool on) {
    hold_ = on;
    for (auto gate : std::vector(gates_.begin(), gates_.end()))
      if (!on) host_.later([this, gate] { release(*gate); });
    host_.turn();
  }
  // Hands the next `n` events of their replay to those who wait at the gate, and no more.
  void hand(size_t n) {
    for (auto gate : std::vector(gates_.begin(), gates_.end()))
      for (size_t i = 0; i < n && !gate->waiting.empty(); ++i) hand_next(*gate);
    host_.turn();
  }
  size_t at_gate() const {
    return static_cast<size_t>(std::count_if(gates_.begin(), gates_.end(), [&](auto &g) { return alive(*g); }));
  }
  // Is this connection live on this channel?
  bool live(sbx_id conn, std::string_view channel, std::string_view kind, uint32_t scope = 0) const {
    auto found = fanout_.groups.find(group(kind, scope, channel));
    return found != fanout_.groups.end() && std::count(found->second.begin(), found->second.end(), conn) > 0;
  }
  // How many are live on it, whatever their kind and pipeline.
  size_t subscribers(std::string_view channel) const {
    std::set<sbx_id> all;
    for (const auto &[name, members] : fanout_.groups)
      if (name.starts_with(kMark) && std::string_view(name).substr(name.find(kEnd) + 1) == channel)
        all.insert(members.begin(), members.end());
    return all.size();
  }
  // The text of a place: base64url of epoch and seq, 22 characters.
  static std::string cursor_text(uint64_t epoch, uint64_t seq);
  static bool parse_text(std::string_view text, uint64_t &epoch, uint64_t &seq);
  std::string cursor_at(uint64_t s) const { return cursor_text(epoch, s); }

 private:
  struct Rule {
    std::string match;
    size_t events;
    Replay replay;
  };
  struct Channel {
    std::deque<Event> kept;
    uint64_t trimmed = 0;  // the newest event that is not retained any more, or never was
  };
  struct Want {
    std::string channel;
    std::vector<uint32_t> scopes;  // that admit it; empty: nothing to join
  };
  // One subscribe on its way.
  struct Gate {
    sbx_id conn;
    uint64_t ref;
    std::string kind;
    std::vector<std::pair<std::string, std::string>> asked;  // channel, since
    std::vector<Want> wants;
    std::deque<Event> waiting;  // what is to be replayed, and what came meanwhile
    uint64_t place = 0;         // everything up to here was handed over
    bool over = false;
  };
  // Where the replay of one channel begins, and whether something is missing there.
  struct Start {
    uint64_t after;
    bool gap, recovered;
  };
  static constexpr char kMark[] = "log\x1f";
  static constexpr char kEnd = '\x1e';
  static constexpr size_t kKindMax = 64, kChannelMax = 1024;

  static FakeLog &at(const sbx_host *h) { return FakeHost::at(h).part<FakeLog>(); }
  static std::string group(std::string_view kind, uint32_t scope, std::string_view channel) {
    return kMark + std::string(kind) + '\x1f' + std::to_string(scope) + kEnd + std::string(channel);
  }
  static bool matches(std::string_view text, std::string_view pattern);
  Rule rule_of(std::string_view channel) const {
    for (const Rule &r : rules_)
      if (matches(channel, r.match)) return r;
    return {"", 0, Replay::kNone};
  }
  bool alive(const Gate &gate) const { return !gate.over && fanout_.takes_frames(gate.conn) == SBX_OK; }
  bool in_gate(const Gate &gate, const Event &e) const {
    return std::any_of(gate.wants.begin(), gate.wants.end(), [&](const Want &w) {
      return w.channel == e.channel && std::count(w.scopes.begin(), w.scopes.end(), e.scope) > 0;
    });
  }
  bool subscribed(sbx_id conn, std::string_view kind, std::string_view channel) const {
    for (uint32_t scope = 0; scope < pipelines; ++scope)
      if (live(conn, channel, kind, scope)) return true;
    return std::any_of(gates_.begin(), gates_.end(), [&](const auto &g) {
      return g->conn == conn &&
             std::any_of(g->wants.begin(), g->wants.end(), [&](const Want &w) { return w.channel == channel; });
    });
  }
  void show(const Event &e);
  void end(Gate &gate) {
    gate.over = true;
    std::erase_if(gates_, [&](const auto &g) { return g.get() == &gate; });
  }
  Start start_of(const std::string &channel, std::string_view since) const;
  void answer(const Gate &gate, std::string_view channel, sbx_status status, uint64_t place, bool recovered);
  void admit(Gate &gate);
  void hand_next(Gate &gate);
  void release(Gate &gate);
  sbx_status subscribe(sbx_id conn, const sbx_subscribe &s);
  sbx_status unsubscribe(sbx_id conn, std::string_view channel);
  static void write(const std::string &cursor, sbx_cursor *out) {
    out->len = static_cast<uint32_t>(cursor.size());
    std::memcpy(out->text, cursor.data(), cursor.size());
  }
  static const sbx_log *table();

  FakeHost &host_;
  FakeFanout &fanout_;
  sbx_log_events on_{};
  void *user_ = nullptr;
  bool open_ = false, hold_ = false;
  std::vector<Rule> rules_;
  std::set<std::pair<std::string, uint32_t>> refused_;
  std::map<std::string, Channel, std::less<>> channels_;
  std::vector<std::shared_ptr<Gate>> gates_;
  const Event *current_ = nullptr;  // in the plugin's on_event
};

}  // namespace sbx::testing

#include "fake_log_impl.hpp"
