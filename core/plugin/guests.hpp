// What is known of single connections of an instance beside their places in the fan-out: who they are, and by whose
// leave, until when and as which member they are in their channels.  A connection of which there is nothing to know has
// no entry.  Owned by Subscriptions.  [lane]
#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/event/event.hpp"
#include "core/plugin/grant.hpp"
#include "core/plugin/presence_view.hpp"
#include "core/plugin/visitor.hpp"

namespace signalbox {

class Guests {
 public:
  // One channel that a connection was let into with a grant.
  struct Lease {
    std::string channel;
    std::vector<uint32_t> scopes;  // the pipelines that admitted it, what it says goes through the first
    GrantPtr grant;
    PresentMemberPtr member;    // in a presence channel
    uint32_t member_scope = 0;  // ... of this pipeline
  };

  // `desk` may be nullptr: then there is no presence.
  Guests(const PresenceView &view, PresenceDesk *const &desk) : view_(view), desk_(desk) {}
  ~Guests() = default;
  Guests(const Guests &) = delete;
  Guests &operator=(const Guests &) = delete;

  void enter(uint64_t conn, VisitorPtr visitor);
  VisitorPtr visitor(uint64_t conn) const;  // nullptr: not introduced

  // It was let into a channel, perhaps once more: the newer grant holds, but who is a member stays that member, and a
  // grant by fewer pipelines than before prolongs nothing.
  void admit(uint64_t conn, std::string_view channel, const Admission &admission);
  // nullptr: it is not in it, or nothing was said when it was let in.
  const Lease *find(uint64_t conn, std::string_view channel) const;
  // A JSON array for this member; empty: it is in no presence channel of this name.
  std::string members(uint64_t conn, std::string_view channel) const;
  // Connections of the member whose joining or leaving this event is.
  const std::vector<uint64_t> &concerned(const sbx_event &change) const;

  void leave(uint64_t conn, std::string_view channel);  // by its own wish
  void end(uint64_t conn);                              // it broke off, or was closed
  void move(uint64_t from, uint64_t to);
  // One whose grant has run out, which is forgotten by that; nothing: there is none.
  struct Expired {
    uint64_t conn = 0;
    std::string channel;
  };
  bool take_expired(int64_t wall_ns, Expired &into);
  bool any_to_expire() const { return !ends_.empty(); }
  bool knows(uint64_t conn) const { return guests_.count(conn) > 0; }

 private:
  struct Guest {
    VisitorPtr visitor;
    std::vector<Lease> leases;
  };
  using End = std::tuple<int64_t, uint64_t, std::string>;  // wall, connection, channel
  Lease *find_mine(uint64_t conn, std::string_view channel);
  void give_up(uint64_t conn, const Lease &lease, int64_t linger_ns);
  void remove(uint64_t conn, std::string_view channel, bool cut);
  static GrantPtr renewed(const Lease &lease, const Admission &admission);
  static std::string key(uint32_t scope, std::string_view channel, std::string_view principal);

  const PresenceView &view_;
  PresenceDesk *const &desk_;
  std::unordered_map<uint64_t, Guest> guests_;
  std::unordered_map<std::string, std::vector<uint64_t>> by_member_;
  std::set<End> ends_;
};

}  // namespace signalbox
