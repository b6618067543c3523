// Who is in which presence channel: principals with the number of their subscriptions, and those who linger after
// their connection broke off.  Pure: time is told, and what changed is fetched by whoever tells the others.  Owned by
// CentralPresenceDesk.
//
// Each subscription that breaks off leaves a place that is kept for a while; the next join takes it.  A member is there
// while it has a subscription or such a place.  What comes and goes between two fetches is no change.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/limits.hpp"
#include "core/event/present_member.hpp"

namespace signalbox {

struct PresenceLimits {
  size_t channel_members = limits::kPresenceChannelMembersMax;
  size_t channel_bytes = limits::kPresenceChannelBytesMax;
  size_t members = limits::kPresenceMembersMax;
  size_t bytes = limits::kPresenceBytesMax;
};

class PresenceBook {
 public:
  struct Change {
    bool joining = false;
    uint32_t scope = 0;
    std::string channel;
    PresentMemberPtr member;
  };

  explicit PresenceBook(PresenceLimits bounds = {}) : bounds_(bounds) {}

  // False: over a limit, it is not listed.  Neither is what it joins with later, until there is room; the leaves of
  // what was not listed are ignored, or end what was listed since.
  bool join(uint32_t scope, std::string_view channel, const PresentMemberPtr &member, int64_t now_ns);
  void leave(uint32_t scope, std::string_view channel, std::string_view principal, int64_t linger_ns, int64_t now_ns);
  // Those whose time is over leave.
  void expire(int64_t now_ns);
  // When expire() has something to do; INT64_MAX: nothing.
  int64_t next_ns() const { return lingering_.empty() ? INT64_MAX : lingering_.begin()->first; }

  // May there be something to fetch?
  bool changed() const { return !changed_.empty(); }
  // What the others do not know yet, each member once, in the order in which they changed first.
  std::vector<Change> take();

  size_t members() const { return members_; }  // also those of whose leaving the others do not know yet

 private:
  using Key = std::pair<uint32_t, std::string>;
  struct Member {
    PresentMemberPtr member;
    const Key *key = nullptr;
    uint64_t subscriptions = 0;
    std::vector<int64_t> places;  // until when each is kept, ascending
    int64_t ends_ns = 0;          // it lingers until then; 0 = it does not
    bool told = false;            // the others know of it
    bool listed = false;          // in changed_
    bool there() const { return subscriptions > 0 || ends_ns != 0; }
  };
  struct Channel {
    std::map<std::string_view, Member> members;  // by principal, which lies in its PresentMember
    size_t bytes = 0;
  };
  struct Less {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A &a, const B &b) const {
      if (a.first != b.first) return a.first < b.first;
      return std::string_view(a.second) < std::string_view(b.second);
    }
  };
  using Channels = std::map<Key, Channel, Less>;

  bool fits(const Channel &channel, size_t bytes) const;
  Member *add(uint32_t scope, std::string_view channel, const PresentMemberPtr &member);
  void stop_lingering(Member &member);
  void go(Member &member);
  void note(Member &member);
  void forget(Member &member);

  const PresenceLimits bounds_;
  Channels channels_;
  std::set<std::pair<int64_t, Member *>> lingering_;  // those without a subscription, by when they leave
  std::vector<Member *> changed_;
  size_t members_ = 0, bytes_ = 0;
};

}  // namespace signalbox
