// Presence as a lane sees it.  Who is in which channel is counted in one place (PresenceDesk: core/route); what changes
// walks through the log to every lane, which keeps a replica of its own (PresenceView).  So all lanes see the same
// changes in the same order, between the same events.
#pragma once
#include <sbx/sbx.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "core/event/event.hpp"
#include "core/event/present_member.hpp"

namespace signalbox {

// A lane's replica; LaneWorld owns it.  [lane] everything.  Bounded by what the desk lets in: it holds references to
// the changes that all lanes share.
class PresenceView {
 public:
  // "joining" or "leaving"; the other ones change nothing.  REQUIRES: `change` is the view of an Event.
  void apply(const sbx_event &change);
  // A JSON array of all members' objects, by principal; `self`, if it is not nullptr, is in it once, whether or not its
  // joining has come here yet.
  std::string members(uint32_t scope, std::string_view channel, const PresentMember *self) const;
  size_t users(uint32_t scope, std::string_view channel) const;

 private:
  using Members = std::map<std::string_view, EventPtr>;  // by principal, which lies in the event
  using Channels = std::map<std::string, Members, std::less<>>;
  const Members *find(uint32_t scope, std::string_view channel) const;

  std::map<uint32_t, Channels> scopes_;
};

// Where the joins and leaves of all lanes go.  [any] everything; the calls of one lane count in their order.
class PresenceDesk {
 public:
  // One more subscription of this principal.
  virtual void join(uint32_t scope, std::string_view channel, PresentMemberPtr member) = 0;
  // One of those that join() told has ended.  With the last one the member leaves: at once, or, if nothing of it has
  // come back, `linger_ns` later.
  virtual void leave(uint32_t scope, std::string_view channel, PresentMemberPtr member, int64_t linger_ns) = 0;

 protected:
  ~PresenceDesk() = default;
};

}  // namespace signalbox
