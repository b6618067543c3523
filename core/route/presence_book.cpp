#include "core/route/presence_book.hpp"

#include <algorithm>

namespace signalbox {
namespace {

size_t size_of(const PresentMember &member) { return member.principal.size() + member.json.size(); }

void drop_ended(std::vector<int64_t> &places, int64_t now_ns) {
  places.erase(places.begin(), std::upper_bound(places.begin(), places.end(), now_ns));
}

}  // namespace

bool PresenceBook::fits(const Channel &channel, size_t bytes) const {
  return channel.members.size() < bounds_.channel_members && channel.bytes + bytes <= bounds_.channel_bytes &&
         members_ < bounds_.members && bytes_ + bytes <= bounds_.bytes;
}

PresenceBook::Member *PresenceBook::add(uint32_t scope, std::string_view channel, const PresentMemberPtr &member) {
  static const Channel kEmpty;
  auto at = channels_.find(std::pair(scope, channel));
  const size_t bytes = size_of(*member);
  if (!fits(at == channels_.end() ? kEmpty : at->second, bytes)) return nullptr;
  if (at == channels_.end()) at = channels_.emplace(Key(scope, channel), Channel{}).first;
  Member &made = at->second.members[member->principal];
  made.member = member;
  made.key = &at->first;
  at->second.bytes += bytes;
  ++members_;
  bytes_ += bytes;
  return &made;
}

bool PresenceBook::join(uint32_t scope, std::string_view channel, const PresentMemberPtr &member, int64_t now_ns) {
  expire(now_ns);
  Member *known = nullptr;
  if (const auto at = channels_.find(std::pair(scope, channel)); at != channels_.end())
    if (const auto found = at->second.members.find(member->principal); found != at->second.members.end())
      known = &found->second;
  if (!known) known = add(scope, channel, member);
  if (!known) return false;
  drop_ended(known->places, now_ns);
  if (!known->places.empty()) known->places.erase(known->places.begin());
  stop_lingering(*known);
  ++known->subscriptions;
  note(*known);
  return true;
}

void PresenceBook::leave(uint32_t scope, std::string_view channel, std::string_view principal, int64_t linger_ns,
                         int64_t now_ns) {
  expire(now_ns);
  const auto at = channels_.find(std::pair(scope, channel));
  if (at == channels_.end()) return;
  const auto found = at->second.members.find(principal);
  if (found == at->second.members.end() || found->second.subscriptions == 0) return;
  Member &member = found->second;
  --member.subscriptions;
  std::vector<int64_t> &places = member.places;
  drop_ended(places, now_ns);
  if (linger_ns > 0) {
    const int64_t end_ns = linger_ns < INT64_MAX - now_ns ? now_ns + linger_ns : INT64_MAX;
    places.insert(std::upper_bound(places.begin(), places.end(), end_ns), end_ns);
  }
  if (member.subscriptions > 0) return;
  if (places.empty()) return go(member);
  member.ends_ns = places.back();
  lingering_.emplace(member.ends_ns, &member);
}

void PresenceBook::stop_lingering(Member &member) {
  if (member.ends_ns == 0) return;
  lingering_.erase({member.ends_ns, &member});
  member.ends_ns = 0;
}

void PresenceBook::expire(int64_t now_ns) {
  while (!lingering_.empty() && lingering_.begin()->first <= now_ns) {
    Member &member = *lingering_.begin()->second;
    stop_lingering(member);
    member.places.clear();
    go(member);
  }
}

// Of whom nobody knows there is nothing to tell, but where it stands among the changed it is forgotten later.
void PresenceBook::go(Member &member) {
  note(member);
  if (!member.listed) forget(member);
}

void PresenceBook::note(Member &member) {
  if (member.listed || member.there() == member.told) return;
  member.listed = true;
  changed_.push_back(&member);
}

void PresenceBook::forget(Member &member) {
  const auto at = channels_.find(*member.key);
  const size_t bytes = size_of(*member.member);
  at->second.bytes -= bytes;
  bytes_ -= bytes;
  --members_;
  const PresentMemberPtr kept = member.member;  // the key of the map lies in it
  at->second.members.erase(kept->principal);
  if (at->second.members.empty()) channels_.erase(at);
}

std::vector<PresenceBook::Change> PresenceBook::take() {
  std::vector<Change> changes;
  for (Member *member : std::exchange(changed_, {})) {
    member->listed = false;
    const bool there = member->there();
    if (there != member->told) {
      const auto &[scope, channel] = *member->key;
      changes.push_back({there, scope, channel, member->member});
    }
    member->told = there;
    if (!there) forget(*member);
  }
  return changes;
}

}  // namespace signalbox
