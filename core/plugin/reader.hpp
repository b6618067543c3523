// A reader: a connection that is not live yet, because it subscribes or because it has to catch up.  It answers the
// connection's subscribes in order: finds where each channel's replay begins, hands over what the log holds up to the
// lane's place, and joins the fan-out groups.  When that is not done in one go (the disk is asked, there is much of it,
// the connection reads slowly), the connection leaves all its channels' groups and its gate keeps what comes for them
// meanwhile; a gate that overflows sends the reader to the log again.
//
// There is one as long as there is something to do for its connection; a live connection has none.  Owned by
// Subscriptions.  [lane]
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/log/event_log.hpp"
#include "core/plugin/admission.hpp"
#include "core/plugin/gate.hpp"
#include "core/plugin/turn_pages.hpp"

namespace signalbox {

class Subscriptions;

// One channel of a subscribe, as it waits for its turn.
struct Want {
  enum class Since : uint8_t { none, bad, given };
  std::string channel;
  Since since = Since::none;
  uint64_t after = 0;      // since == given
  bool cancelled = false;  // unsubscribed meanwhile: nothing is said of it
  Admission admission;     // by which pipelines, and how
  bool refused() const { return admission.scopes.empty(); }
};
struct SubscribeRequest {
  uint64_t ref = 0;
  std::vector<Want> wants;
  uint64_t round = 0;  // of the gatekeepers; 0 = they have spoken, or there are none
  size_t bytes = 0;    // of names and of what is offered
};

class Reader {
 public:
  // A channel that its connection is to be in and is not live in.
  struct Channel {
    std::string name;
    std::vector<uint32_t> scopes;
    std::optional<uint64_t> after;  // everything up to it was handed over; nothing: what `replay:` gives
    bool gap = false;               // to be told before its next event
    bool gap_told = false;          // ... and was: whoever looks then sees all that is lost up to `upto_`
  };

  Reader(Subscriptions &owner, uint64_t conn, std::string kind) : owner_(owner), conn_(conn), kind_(std::move(kind)) {}

  uint64_t conn() const { return conn_; }
  const std::string &kind() const { return kind_; }
  size_t waiting() const { return waiting_; }              // channels that are asked for and not live yet
  size_t waiting_bytes() const { return waiting_bytes_; }  // of names and offers
  const std::vector<Channel> &channels() const { return channels_; }

  void ask(SubscribeRequest request);
  // What the gatekeepers said of the wants of a request.
  void admit(uint64_t round, std::vector<Admission> admissions);
  // The connection leaves a channel; false: it is not one that this reader is about.  `ended`: not by its own wish, so
  // what it asks for anew is judged by itself.
  bool forget(std::string_view channel, bool ended);
  // As far as it gets.  False: there is nothing more to do.  REQUIRES: no plugin's call is under way.
  bool step();
  // Keeps an event that the lane's sinks were given.
  void keep(const EventPtr &event);
  // Whether the room that it waited for is there now.
  bool found_room();
  void arrive(LogPage page);                     // from the disk
  void move_to(uint64_t conn) { conn_ = conn; }  // the connection's business goes on under another id
  void close() { closed_ = true; }               // the connection is gone

  bool scheduled = false;  // its owner's: a step() is on its way

 private:
  bool begin();
  void look_up(const Want &want);
  bool go_on();
  bool behind();
  bool fetch();
  void take(PagePtr taken);
  uint64_t replay_start() const;
  void announce();
  void announce(const Want &want, uint64_t start);
  void tell_gaps();
  bool hand_page();
  bool hand_gate();
  bool hand_over(const Event &event);
  bool hand_known(const Event &event);
  void close_gate();
  void catch_up_again();
  void go_live();
  Channel *find(std::string_view name);

  Subscriptions &owner_;
  uint64_t conn_;
  const std::string kind_;
  std::deque<SubscribeRequest> requests_;  // the first is under way, unless idle
  size_t waiting_ = 0, waiting_bytes_ = 0;
  bool idle_ = true;
  bool announced_ = false;    // of the first request on_subscribed was called
  bool caught_up_ = false;    // with `upto_`
  bool gated_ = false;        // its connection is in no channel's group, the gate keeps what comes
  bool asking_disk_ = false;  // a page is on its way
  bool closed_ = false;
  std::vector<Channel> channels_;
  std::vector<std::string> asked_;  // whose page `page_` is
  PagePtr page_;                    // handed over up to page_next_; others may read it as well
  size_t page_next_ = 0;
  bool page_whole_ = true;  // none of its channels was left since it was asked for
  size_t pages_left_ = 0;   // in this turn
  size_t room_wanted_ = 0;  // bytes of the event that waits for room in the outbox
  uint64_t upto_ = 0;       // where the log ends for this reader and its gate begins
  Gate gate_;
};

}  // namespace signalbox
