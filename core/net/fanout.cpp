#include "core/net/fanout.hpp"

#include <algorithm>
#include <utility>

namespace signalbox::net {
namespace {

constexpr uint32_t kNotDirty = UINT32_MAX;

// Of thousands of members none is in the caches when its turn comes, the less as the kernel has been at work in
// between. So what will be read of a member is asked for while others are served: its share of a publish is short, a
// flush is long.
constexpr size_t kCacheLine = 64;
constexpr size_t kPublishAhead = 6, kPublishBytes = sizeof(Member);  // members; bytes of each
constexpr size_t kFlushAhead = 1, kFlushBytes = 256;                 // up to and with the socket of a Connection

void ask_ahead(std::span<Member *const> members, size_t at, size_t bytes) {
  if (at >= members.size() || !members[at]) return;
  const char *member = reinterpret_cast<const char *>(members[at]);
  for (size_t i = 0; i < bytes; i += kCacheLine) __builtin_prefetch(member + i, 1);
}

}  // namespace

// ---- Member

Member::~Member() {
  if (fanout_) fanout_->remove(*this);
}

void Member::leave_all() {
  if (!space_) return;
  space_->leave_all(*this);
  const bool watched = std::exchange(watched_, false), known = std::exchange(known_, false);
  if ((watched || known) && space_->watch) space_->watch->on_left(id_, known);
}

std::string_view Member::group_name(size_t i) const { return places_[i].group->index_name(); }

// ---- GroupSpace

GroupSpace::GroupSpace(Fanout &fanout, FanoutCounters handles) : counters(handles), fanout_(fanout) {}

GroupSpace::~GroupSpace() {
  groups_.for_each([](Group &group) {
    for (Member *member : group.members()) {
      member->places_.clear();
      member->space_ = nullptr;
    }
    Group::destroy(&group);
  });
}

void GroupSpace::join(Member &member, std::string_view name) {
  Group *group = groups_.find(name);
  for (const Member::Place &place : member.places_)
    if (place.group == group) return;
  if (!group) {
    group = Group::make(name);
    groups_.add(*group);
  }
  member.places_.push_back({group, group->add(&member)});
}

void GroupSpace::leave_place(Member &member, size_t at) {
  const auto [group, index] = member.places_[at];
  Member *moved = group->remove(index);
  if (moved != &member)
    for (Member::Place &place : moved->places_)
      if (place.group == group) place.index = index;
  member.places_.remove(at);
  if (!group->empty()) return;
  groups_.remove(*group);
  Group::destroy(group);
}

bool GroupSpace::leave(Member &member, std::string_view name) {
  for (size_t i = 0; i < member.places_.size(); ++i)
    if (member.places_[i].group->index_name() == name) {
      leave_place(member, i);
      return true;
    }
  return false;
}

bool GroupSpace::has(const Member &member, std::string_view name) const {
  const Group *group = groups_.find(name);
  return group && std::any_of(member.places_.begin(), member.places_.end(),
                              [group](const Member::Place &place) { return place.group == group; });
}

void GroupSpace::leave_all(Member &member) {
  while (!member.places_.empty()) leave_place(member, member.places_.size() - 1);
}

void GroupSpace::move_all(Member &from, Member &to) {
  for (const Member::Place &place : from.places_) join(to, place.group->index_name());
  leave_all(from);
}

size_t GroupSpace::publish(std::string_view name, const sbx_frame &frame, uint64_t except) {
  return publish(name, frame, std::span(&except, except ? 1 : 0));
}

size_t GroupSpace::publish(std::string_view name, const sbx_frame &frame, std::span<const uint64_t> except) {
  const Group *group = groups_.find(name);
  if (!group) return 0;
  Encodings encoded(frame, fanout_.deflater());
  size_t count = 0;
  const std::span<Member *const> members = group->members();
  for (size_t i = 0; i < members.size(); ++i) {
    ask_ahead(members, i + kPublishAhead, kPublishBytes);
    Member *member = members[i];
    if (std::find(except.begin(), except.end(), member->id_) != except.end() || !member->takes_frames_) continue;
    if (fanout_.push(*member, encoded.of(member->wire_)) != Fanout::Queued::gone) ++count;
  }
  return count;
}

uint64_t GroupSpace::share(const sbx_frame &frame) { return fanout_.shared_.add(frame, this); }

Encodings *GroupSpace::find_shared(uint64_t id) { return fanout_.shared_.find(id, this); }

void GroupSpace::for_each_group(
    const std::function<void(std::string_view name, std::span<Member *const> members)> &visit) const {
  groups_.for_each([&](const Group &group) { visit(group.index_name(), group.members()); });
}

// ---- Fanout

Fanout::~Fanout() {
  for (Member *member : dirty_)
    if (member) member->dirty_index_ = kNotDirty;
}

uint64_t Fanout::add(Member &member) {
  member.fanout_ = this;
  member.id_ = ids_.add(&member);
  return member.id_;
}

void Fanout::remove(Member &member) {
  member.leave_all();
  unmark(member);
  ids_.remove(member.id_);
  member.id_ = 0;
  member.fanout_ = nullptr;
}

void Fanout::rename(Member &member) {
  ids_.remove(member.id_);
  member.id_ = ids_.add(&member);
  if (member.doomed_) doom(member);  // what is on its way would look for the old id
}

void Fanout::doom(Member &member) {
  member.doomed_ = true;
  defer_([this, id = member.id_] {
    if (Member *late = find(id)) late->overflowed();
  });
}

Fanout::Queued Fanout::push(Member &member, Frame *frame) {
  if (member.doomed_) return Queued::gone;
  FanoutCounters *counters = member.space_ ? &member.space_->counters : nullptr;
  const uint64_t dropped = member.out_.dropped();
  const Outbox::Pushed pushed = member.out_.push(frame, member.out_limits_);
  if (counters && member.out_.dropped() > dropped) counters->dropped.add(member.out_.dropped() - dropped);
  switch (pushed) {
    case Outbox::Pushed::queued:
    case Outbox::Pushed::dropped_some:
      break;
    case Outbox::Pushed::overflow:
      if (counters) counters->overflows.add();
      doom(member);
      return Queued::gone;
  }
  if (counters) counters->deliveries.add();
  mark_dirty(member);
  return member.out_.bytes() > member.out_limits_.bytes_max / 2 ? Queued::full : Queued::ok;
}

Fanout::Queued Fanout::post(Member &member, const sbx_frame &frame) {
  Encodings encoded(frame, deflater_);
  return post(member, encoded);
}

Fanout::Queued Fanout::post(Member &member, Encodings &encoded) {
  if (!member.takes_frames_) return Queued::gone;
  const Queued queued = push(member, encoded.of(member.wire_));
  if (queued == Queued::full) member.drain_owed_ = true;
  return queued;
}

bool Fanout::move_frames(Member &from, Member &to) {
  if (!to.takes_frames_ || !wire_takes(to.wire_, from.wire_)) return false;
  while (FramePtr frame = from.out_.pop()) push(to, frame.get());
  return true;
}

void Fanout::mark_dirty(Member &member) {
  if (member.dirty_index_ != kNotDirty) return;
  member.dirty_index_ = static_cast<uint32_t>(dirty_.size());
  dirty_.push_back(&member);
}

void Fanout::unmark(Member &member) {
  if (member.dirty_index_ == kNotDirty) return;
  dirty_[member.dirty_index_] = nullptr;
  member.dirty_index_ = kNotDirty;
}

void Fanout::tell_flushed(const Member &member) {
  if (member.watched_ && member.space_ && member.space_->watch) member.space_->watch->on_flushed(member.id_);
}

void Fanout::flush() {
  // A virtual member's plugin may answer a request from here: what that makes dirty is flushed in the same pass.
  for (size_t i = 0; i < dirty_.size(); ++i) {
    ask_ahead(dirty_, i + kFlushAhead, kFlushBytes);
    Member *member = dirty_[i];
    if (!member) continue;
    member->dirty_index_ = kNotDirty;
    member->flush(batch_);
    tell_flushed(*member);
  }
  dirty_.clear();
  batch_.forget();
  shared_.clear();
}

}  // namespace signalbox::net
