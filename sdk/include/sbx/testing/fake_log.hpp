// FakeLog: sbx.log/1 over FakeFanout.  The test says what is retained, publishes events and decides when a subscription
// may go through its gate; plugins meet it as they meet the real one: callbacks in a later turn (R3), lent memory (R1).
//
//   auto &log = host.part<sbx::testing::FakeLog>();      // before the plugin is made
//   log.retain("pay.*", 2, FakeLog::Replay::kRetained);
//   log.event({.channel = "pay.7", .name = "paid", .data = "1"});   // answers its cursor
//   log.hold(true);                      // the next subscribers wait at the gate ...
//   log.hand(1);                         // ... are handed one event of their replay ...
//   log.hold(false);                     // ... and the rest, and go live
//   log.think(true);                     // the next subscribes are not even answered, until think(false)
//   log.vouch("presence-*");             // else a restricted channel (private-, presence-) is refused, as in the host
//   log.here["presence-room"] = R"([{"user_id":"7"}])";          // what on_subscribed says there
//   log.presence("presence-room", "joining", R"({"user_id":"8"})");  // live, and through the gate
//   log.end(conn, "private-a");          // its admission has expired: on_ended
//
// Who is live on a channel is a group of the fan-out, so that transfer and the end of a connection take it along.  As
// in the host, a connection's subscribes are answered one after the other, and one that waits at the gate waits with
// all its channels: its live events come to it through the replay, too.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
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
  uint64_t seq = 0;                                      // the head
  uint32_t pipelines = 1;                                // scopes: 0 and up
  std::vector<std::string> offered;                      // sbx_want.auth of every channel that was asked for
  size_t channels_max = 64;                              // that one connection waits for; more is ETOOBIG
  std::map<std::string, std::string, std::less<>> here;  // of presence channels: sbx_subscribed.members

  explicit FakeLog(FakeHost &host) : host_(host), fanout_(host.part<FakeFanout>()) {
    host.provide(SBX_LOG, table());
    fanout_.may_transfer = [this](sbx_id from, sbx_id to) { return !reader(to) && (!reader(from) || !live_kind(to)); };
    fanout_.on_transfer = [this](sbx_id from, sbx_id to) {
      if (const auto moving = reader(from)) moving->conn = to;
    };
  }

  // Keeps the last `n` events of the channels that match, '*' being any run of characters.  The first rule wins;
  // without one a channel keeps nothing.
  void retain(std::string_view match, size_t n, Replay replay = Replay::kNone) {
    rules_.push_back({std::string(match), n, replay});
  }
  // Nobody is admitted to this channel (by this pipeline).
  void refuse(std::string_view channel, uint32_t scope) { refused_[{std::string(channel), scope}] = 403; }
  void refuse(std::string_view channel) { refuse_with(channel, 403); }
  // ... with this sbx_subscribed.code: 401, 429, 0 ...
  void refuse_with(std::string_view channel, uint32_t code) {
    for (uint32_t scope = 0; scope < pipelines; ++scope) refused_[{std::string(channel), scope}] = code;
  }
  // From now on everybody is admitted to it again.
  void admit(std::string_view channel) {
    for (uint32_t scope = 0; scope < pipelines; ++scope) refused_.erase({std::string(channel), scope});
  }
  // Somebody vouches for those who ask for the restricted channels that match.
  void vouch(std::string_view match) { vouched_.emplace_back(match); }
  static bool restricted(std::string_view channel) {
    return channel.starts_with("private-") || channel.starts_with("presence-");
  }

  // An event: it gets its place, is retained (unless it is transient), given to the plugin and to the gates, and the
  // turn ends.  Its cursor.
  std::string event(Event e) {
    std::string cursor = place(std::move(e));
    host_.turn();
    return cursor;
  }
  // The same without the turn, for other parts.
  std::string place(Event e);
  // The members of a presence channel change: "joining" or "leaving" with the member as JSON, or "here" with an array
  // of all.  `own`: the connections of that member, which are not told.
  void presence(std::string_view channel, std::string_view name, std::string_view data,
                const std::set<sbx_id> &own = {});
  // The host ends a subscription that was answered OK.  False: there was none.
  bool end(sbx_id conn, std::string_view channel, uint32_t code = 401);
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
    go_on();
  }
  // Subscribers wait for their answer (before on_subscribed), as if somebody had to be asked; their live channels go
  // on meanwhile.
  void think(bool on) {
    think_ = on;
    go_on();
  }
  // Hands the next `n` events of their replay to those who wait at the gate, and no more.
  void hand(size_t n) {
    for (const auto &reader : std::vector(readers_))
      for (size_t i = 0; i < n && !reader->waiting.empty(); ++i) hand_next(*reader);
    host_.turn();
  }
  // How many connections wait there.
  size_t at_gate() const {
    return static_cast<size_t>(
        std::count_if(readers_.begin(), readers_.end(), [&](auto &r) { return r->gated && alive(*r); }));
  }
  // Is this connection live on this channel?
  bool live(sbx_id conn, std::string_view channel, std::string_view kind, uint32_t scope = 0) const {
    auto found = fanout_.groups.find(group(kind, scope, channel));
    return found != fanout_.groups.end() && std::count(found->second.begin(), found->second.end(), conn) > 0;
  }
  // ... of whatever kind and pipeline?
  bool live(sbx_id conn, std::string_view channel) const {
    for (const std::string &name : live_groups(conn))
      if (channel_of(name) == channel) return true;
    return false;
  }
  // How many are live on it, whatever their kind and pipeline.
  size_t subscribers(std::string_view channel) const {
    std::set<sbx_id> all;
    for (const auto &[name, members] : fanout_.groups)
      if (name.starts_with(kMark) && channel_of(name) == channel) all.insert(members.begin(), members.end());
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
    std::string channel, since;
    bool cancelled = false;  // unsubscribed before its turn: nothing is said of it
  };
  struct Request {
    uint64_t ref;
    std::vector<Want> wants;
  };
  // A channel that its connection is to be in and is not live in.
  struct Joining {
    std::string channel;
    std::vector<uint32_t> scopes;  // that admit it
  };
  // A connection that is not live yet.  There is one as long as it has requests.
  struct Reader {
    sbx_id conn = 0;
    std::string kind;
    std::deque<Request> requests;  // of the first, when `begun`, the channels are announced
    bool begun = false, gated = false;
    std::vector<Joining> channels;  // at the gate all of the connection's
    std::deque<Event> waiting;      // what is to be replayed, and what came meanwhile
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
  static bool is_channel(std::string_view name) {
    return !name.empty() && name.size() <= kChannelMax && std::none_of(name.begin(), name.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
  }
  std::shared_ptr<Reader> reader(sbx_id conn) const {
    for (const auto &r : readers_)
      if (r->conn == conn) return r;
    return nullptr;
  }
  bool alive(const Reader &reader) const { return fanout_.takes_frames(reader.conn) == SBX_OK; }
  static Joining *find(Reader &reader, std::string_view channel) {
    for (Joining &j : reader.channels)
      if (j.channel == channel) return &j;
    return nullptr;
  }
  static bool hears(Reader &reader, const Event &e) {
    const Joining *joining = find(reader, e.channel);
    return joining && std::count(joining->scopes.begin(), joining->scopes.end(), e.scope) > 0;
  }
  // The names of the groups that this connection is live in.
  std::vector<std::string> live_groups(sbx_id conn) const {
    std::vector<std::string> names;
    for (const auto &[name, members] : fanout_.groups)
      if (name.starts_with(kMark) && std::count(members.begin(), members.end(), conn)) names.push_back(name);
    return names;
  }
  static std::string_view channel_of(std::string_view group) { return group.substr(group.find(kEnd) + 1); }
  static std::string_view kind_of(std::string_view group) {
    group.remove_prefix(sizeof kMark - 1);
    return group.substr(0, group.find('\x1f'));
  }
  std::optional<std::string> live_kind(sbx_id conn) const {
    const auto names = live_groups(conn);
    if (names.empty()) return std::nullopt;
    return std::string(kind_of(names[0]));
  }
  bool is_in(const Reader &reader, std::string_view channel) const {
    for (uint32_t scope = 0; scope < pipelines; ++scope)
      if (live(reader.conn, channel, reader.kind, scope)) return true;
    return false;
  }
  void go_on();
  std::vector<uint32_t> admitted(const std::string &channel) const;
  uint32_t code_of(const std::string &channel) const;
  void show(const Event &e, const std::set<sbx_id> &own = {});
  size_t reach(std::string_view group, const FakeFanout::Frame &frame, sbx_id except);
  Start start_of(const std::string &channel, std::string_view since) const;
  void answer(const Reader &reader, const Want &want, sbx_status status, uint64_t place, bool recovered);
  void begin(Reader &reader);
  void close_gate(Reader &reader);
  void hand_next(Reader &reader);
  void go_live(Reader &reader);
  void step(const std::shared_ptr<Reader> &reader);
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
  bool open_ = false, hold_ = false, think_ = false;
  std::vector<Rule> rules_;
  std::map<std::pair<std::string, uint32_t>, uint32_t> refused_;  // with which code
  std::vector<std::string> vouched_;
  std::map<std::string, Channel, std::less<>> channels_;
  std::vector<std::shared_ptr<Reader>> readers_;
  const Event *current_ = nullptr;  // in the plugin's on_event
  std::set<sbx_id> own_;            // who does not get it
};

}  // namespace sbx::testing

#include "fake_log_impl.hpp"
#include "fake_log_members.hpp"
