// The subscriptions of one instance's connections (sbx.log/1).  A live connection's are nothing but its places in the
// fan-out groups of its channels; whoever subscribes, or cannot keep up with its replay, has a Reader until it is live.
// Owned by its Instance.  [lane]
//
// What is told to the plugin is told from here in calls of its own (rule R3): subscribe() only takes down what is
// wanted, and the reader's steps run deferred.
#pragma once
#include <sbx/sbx.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/log/event_log.hpp"
#include "core/net/fanout.hpp"
#include "core/plugin/guests.hpp"
#include "core/plugin/reader.hpp"
#include "core/plugin/turn_pages.hpp"
#include "core/plugin/world.hpp"

namespace signalbox {

class Subscriptions final : private net::MemberWatch {
 public:
  Subscriptions(World &world, LaneWorld &lane, net::GroupSpace &groups);
  ~Subscriptions();
  Subscriptions(const Subscriptions &) = delete;
  Subscriptions &operator=(const Subscriptions &) = delete;

  // One more pipeline that ends in this instance.
  void add_scope(uint32_t scope) { scopes_.push_back(scope); }

  // What a plugin may do (sbx.log/1).
  sbx_status open(const sbx_log_events &events, void *user);
  sbx_status subscribe(uint64_t conn, const sbx_subscribe &wanted);
  sbx_status unsubscribe(uint64_t conn, std::string_view channel);
  size_t publish(const sbx_event &event, std::string_view kind, const sbx_frame &frame, uint64_t except);
  // ... and sbx.visitors/1.
  void limit(RateLimits *limits) { rates_ = limits; }  // before the lanes run; nullptr = none
  bool knock(std::string_view peer) const;
  sbx_status enter(uint64_t conn, const sbx_visitor &visitor);
  // What a client event becomes: by whom it is sent, and through which pipeline.
  struct Speaker {
    uint32_t scope = 0;
    std::string id, principal;
  };
  sbx_status may_say(uint64_t conn, std::string_view channel, std::string_view event, std::string_view data,
                     Speaker &speaker);
  size_t connections() const { return connections_; }  // that were introduced

  // An event that the instance's on_event was just given: readers that are behind get it later.
  void gate(const EventPtr &event) {
    if (!gates_.empty()) keep(event);
  }
  // Before `from` hands its groups to `to`: false while one of them catches up and the other is in channels as well.
  bool may_transfer(const net::Member &from, const net::Member &to) const;
  // After that.
  void transfer(uint64_t from, uint64_t to);
  size_t readers() const { return readers_.size(); }
  // Ends what was granted until now.  A turn of its own.
  void expire();

  // For readers.
  const ReplayLimits &limits() const { return world_.replay; }
  const std::vector<uint32_t> &scopes() const { return scopes_; }
  EventLog &log() { return *world_.log; }
  uint64_t position() const { return lane_.position; }
  bool is_in(const Reader &at, std::string_view channel) const;
  std::vector<uint32_t> not_in(const Reader &at, std::string_view channel, const std::vector<uint32_t> &scopes) const;
  bool is_over(const Grant &grant) const { return grant.until_ns != 0 && grant.until_ns <= world_.clock.wall_ns(); }
  // It is in a channel now, with this leave, perhaps anew.  Its members as a JSON array; empty: no presence channel.
  std::string admit(uint64_t conn, std::string_view channel, const Admission &admission);
  // Is this change its own member's, of which it is not told?
  bool is_about(uint64_t conn, const sbx_event &change) const;
  // All members, for a connection that missed changes; empty: it is in no presence channel of this name.
  EventPtr everybody_in(uint64_t conn, std::string_view channel) const;
  bool room_for(uint64_t conn, size_t bytes) const;
  void join(const Reader &at);                                                // the groups of all its channels
  std::vector<std::pair<uint32_t, std::string>> leave_all(const Reader &at);  // (scope, channel) of those it was in
  void shut_gate(Reader &at);
  void open_gate(Reader &at);
  void schedule(Reader &at);
  // What all readers together may still do in this turn.
  bool may_read() const { return work_left_ > 0; }
  void spend(size_t events) { work_left_ -= std::min(work_left_, events); }
  // What memory answers, the same page for all who ask the same in this turn; nothing: the disk is to be asked.
  PagePtr read(const LogQuery &query);
  void ask_disk(Reader &at, LogQuery query);
  struct Subscribed {
    uint64_t ref;
    std::string_view channel;
    sbx_status status;
    uint32_t code;
    uint64_t place;
    bool recovered;
    std::string_view members;
  };
  void tell_subscribed(uint64_t conn, const Subscribed &told);
  void tell_replay(uint64_t conn, const sbx_event &event);
  void tell_live(uint64_t conn, uint64_t ref);

 private:
  void on_left(uint64_t conn, bool was_known) override;
  void on_flushed(uint64_t conn) override;

  struct NameHash {
    using is_transparent = void;
    size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  net::Member *find(uint64_t conn) const;
  Reader *reader(uint64_t conn) const;
  Reader &make_reader(net::Member &member, std::string_view kind);
  Want read_want(const sbx_want &given) const;
  void ask_gatekeepers(uint64_t conn, SubscribeRequest &request, const sbx_subscribe &wanted);
  void admitted(Reader &at, uint64_t round, std::vector<Admission> admissions);
  void expire_later();
  bool leave(net::Member &member, std::string_view channel, bool ended);
  uint64_t unique(uint64_t conn) const { return conn ^ (static_cast<uint64_t>(lane_.lane.index()) << 56); }
  void defer_due();
  void run_due();
  void run(const std::shared_ptr<Reader> &at);
  void keep(const EventPtr &event);
  void unlist(const Reader &at, std::string_view channel);

  World &world_;
  LaneWorld &lane_;
  net::GroupSpace &groups_;
  std::vector<uint32_t> scopes_;
  Guests guests_;
  RateLimits *rates_ = nullptr;
  size_t connections_ = 0;
  io::TimerId expiry_ = 0;
  sbx_log_events events_{};
  void *user_ = nullptr;
  bool open_ = false;
  std::unordered_map<uint64_t, std::shared_ptr<Reader>> readers_;                            // by connection
  std::unordered_map<std::string, std::vector<Reader *>, NameHash, std::equal_to<>> gates_;  // shut ones, by channel
  std::deque<std::weak_ptr<Reader>> due_;  // whose next step is asked for, in this order
  bool due_deferred_ = false;
  uint64_t last_round_ = 0;
  size_t work_left_ = 0;                                    // events
  TurnPages pages_;                                         // while readers run
  std::shared_ptr<char> alive_ = std::make_shared<char>();  // for what was deferred
  mutable std::string name_buffer_;
};

}  // namespace signalbox
