#include "core/plugin/subscriptions.hpp"

#include <algorithm>
#include <optional>

#include "core/base/limits.hpp"
#include "core/plugin/abi_read.hpp"
#include "core/plugin/channel_group.hpp"

namespace signalbox {
namespace {

sbx_str raw(std::string_view s) { return {s.data(), s.size()}; }

// The kind of a connection's live subscriptions; nothing if it has none.
std::optional<std::string_view> live_kind(const net::Member &member) {
  for (size_t i = 0; i < member.group_count(); ++i)
    if (const std::optional<ChannelGroup> group = parse_group(member.group_name(i))) return group->kind;
  return std::nullopt;
}

}  // namespace

Subscriptions::Subscriptions(World &world, LaneWorld &lane, net::GroupSpace &groups)
    : world_(world), lane_(lane), groups_(groups), guests_(lane.presence, world.presence) {
  groups_.watch = this;
}

Subscriptions::~Subscriptions() {
  groups_.watch = nullptr;
  if (expiry_ != 0) lane_.lane.cancel(expiry_);
}

net::Member *Subscriptions::find(uint64_t conn) const {
  net::Member *member = lane_.fanout.find(conn);
  return member && member->space() == &groups_ ? member : nullptr;
}

Reader *Subscriptions::reader(uint64_t conn) const {
  auto it = readers_.find(conn);
  return it == readers_.end() ? nullptr : it->second.get();
}

Reader &Subscriptions::make_reader(net::Member &member, std::string_view kind) {
  member.set_watched(true);
  return *readers_.emplace(member.id(), std::make_shared<Reader>(*this, member.id(), std::string(kind))).first->second;
}

// ---- the plugin's calls

sbx_status Subscriptions::open(const sbx_log_events &events, void *user) {
  if (open_) return SBX_ESTATE;
  if (!world_.log) return SBX_EUNSUPPORTED;
  events_ = read_table(events);
  user_ = user;
  open_ = true;
  return SBX_OK;
}

Want Subscriptions::read_want(const sbx_want &given) const {
  Want want;
  want.channel = text(given.channel);
  if (given.since.len == 0) return want;
  const std::optional<Position> since = parse_cursor(text(given.since));
  const bool ours = since && since->epoch == world_.log->epoch();
  want.since = ours ? Want::Since::given : Want::Since::bad;
  want.after = ours ? since->seq : 0;
  return want;
}

sbx_status Subscriptions::subscribe(uint64_t conn, const sbx_subscribe &wanted) {
  if (!open_) return SBX_ESTATE;
  net::Member *member = find(conn);
  if (!member) return SBX_ESTALE;
  if (!member->takes_frames()) return SBX_ESTATE;
  const std::string_view kind = text(wanted.kind);
  if (wanted.channel_count == 0 || !wanted.channels) return SBX_EINVAL;
  if (kind.size() > limits::kSubscribeKindMax || kind.find('\0') != kind.npos) return SBX_EINVAL;
  Reader *at = reader(conn);
  if ((at ? std::string_view(at->kind()) : live_kind(*member).value_or(kind)) != kind) return SBX_EINVAL;
  if (wanted.channel_count + (at ? at->waiting() : 0) > limits::kSubscribeChannelsMax) return SBX_ETOOBIG;
  size_t bytes = at ? at->waiting_bytes() : 0;
  const size_t before = bytes;
  for (size_t i = 0; i < wanted.channel_count; ++i)
    bytes += wanted.channels[i].channel.len + wanted.channels[i].auth.len;
  if (bytes > limits::kSubscribeBytesMax) return SBX_ETOOBIG;
  for (size_t i = 0; i < wanted.channel_count; ++i)
    if (wanted.channels[i].auth.len > SBX_AUTH_MAX) return SBX_EINVAL;
  SubscribeRequest request{wanted.ref, {}, 0, bytes - before};
  request.wants.reserve(wanted.channel_count);
  for (size_t i = 0; i < wanted.channel_count; ++i) request.wants.push_back(read_want(wanted.channels[i]));
  if (!at) at = &make_reader(*member, kind);
  ask_gatekeepers(conn, request, wanted);
  at->ask(std::move(request));
  schedule(*at);
  return SBX_OK;
}

sbx_status Subscriptions::unsubscribe(uint64_t conn, std::string_view channel) {
  if (!open_) return SBX_ESTATE;
  net::Member *member = find(conn);
  if (!member) return SBX_ESTALE;
  guests_.leave(conn, channel);
  return leave(*member, channel, false) ? SBX_OK : SBX_ENOENT;
}

bool Subscriptions::leave(net::Member &member, std::string_view channel, bool ended) {
  bool found = false;
  if (Reader *at = reader(member.id())) {
    unlist(*at, channel);
    found = at->forget(channel, ended);
  }
  if (const std::optional<std::string_view> kind = live_kind(member)) {
    const std::string kept(*kind);  // it goes with the last group
    for (const uint32_t scope : scopes_)
      found |= groups_.leave(member, group_name({kept, scope, channel}, name_buffer_));
  }
  return found;
}

size_t Subscriptions::publish(const sbx_event &event, std::string_view kind, const sbx_frame &frame, uint64_t except) {
  const std::string_view group = group_name({kind, event.scope, text(event.channel)}, name_buffer_);
  if ((event.flags & SBX_EVENT_PRESENCE) != 0) return groups_.publish(group, frame, guests_.concerned(event));
  return groups_.publish(group, frame, except);
}

bool Subscriptions::may_transfer(const net::Member &from, const net::Member &to) const {
  return !reader(to.id()) && (!reader(from.id()) || !live_kind(to));
}

void Subscriptions::transfer(uint64_t from, uint64_t to) {
  guests_.move(from, to);
  net::Member *left = find(from);
  if (left && left->known()) {
    left->set_known(false);
    net::Member *arrived = find(to);
    if (arrived->known()) --connections_;
    arrived->set_known(true);
    if (rates_) rates_->forget(unique(from));
  }
  auto moving = readers_.extract(from);
  if (moving.empty()) return;
  if (left) left->set_watched(false);
  moving.key() = to;
  Reader &at = *moving.mapped();
  readers_.insert(std::move(moving));
  at.move_to(to);
  find(to)->set_watched(true);
  schedule(at);  // its outbox may have room
}

// ---- ends

void Subscriptions::on_left(uint64_t conn, bool was_known) {
  if (was_known) --connections_;
  guests_.end(conn);
  if (rates_) rates_->forget(unique(conn));
  auto it = readers_.find(conn);
  if (it == readers_.end()) return;
  open_gate(*it->second);
  it->second->close();
  readers_.erase(it);
}

void Subscriptions::on_flushed(uint64_t conn) {
  Reader *at = reader(conn);
  if (at && at->found_room()) schedule(*at);
}

// ---- groups and gates

bool Subscriptions::is_in(const Reader &at, std::string_view channel) const {
  const net::Member *member = find(at.conn());
  return member && std::any_of(scopes_.begin(), scopes_.end(), [&](uint32_t scope) {
           return groups_.has(*member, group_name({at.kind(), scope, channel}, name_buffer_));
         });
}

bool Subscriptions::room_for(uint64_t conn, size_t bytes) const {
  const net::Member *member = find(conn);
  if (!member) return false;
  // Half of it, as what the plugin makes of an event may be larger than the event.
  return member->outbox().empty() || member->outbox().bytes() + bytes <= member->outbox_limits().bytes_max / 2;
}

void Subscriptions::join(const Reader &at) {
  net::Member *member = find(at.conn());
  if (!member) return;
  for (const Reader::Channel &channel : at.channels())
    for (const uint32_t scope : channel.scopes)
      groups_.join(*member, group_name({at.kind(), scope, channel.name}, name_buffer_));
}

std::vector<std::pair<uint32_t, std::string>> Subscriptions::leave_all(const Reader &at) {
  std::vector<std::pair<uint32_t, std::string>> left;
  net::Member *member = find(at.conn());
  if (!member) return left;
  for (size_t i = 0; i < member->group_count(); ++i)
    if (const std::optional<ChannelGroup> group = parse_group(member->group_name(i)))
      left.emplace_back(group->scope, group->channel);
  for (const auto &[scope, channel] : left)
    groups_.leave(*member, group_name({at.kind(), scope, channel}, name_buffer_));
  return left;
}

void Subscriptions::shut_gate(Reader &at) {
  for (const Reader::Channel &channel : at.channels()) gates_[channel.name].push_back(&at);
}

void Subscriptions::open_gate(Reader &at) {
  for (const Reader::Channel &channel : at.channels()) unlist(at, channel.name);
}

void Subscriptions::unlist(const Reader &at, std::string_view channel) {
  auto it = gates_.find(channel);
  if (it == gates_.end()) return;
  std::erase(it->second, &at);
  if (it->second.empty()) gates_.erase(it);
}

void Subscriptions::keep(const EventPtr &event) {
  auto it = gates_.find(text(event->view().channel));
  if (it == gates_.end()) return;
  for (Reader *at : it->second) at->keep(event);
}

// ---- what the plugin is told

void Subscriptions::tell_subscribed(uint64_t conn, const Subscribed &told) {
  if (!events_.on_subscribed) return;
  const auto cursor = cursor_text({world_.log->epoch(), told.place});
  const sbx_subscribed answer{
      sizeof answer,          told.status, told.ref,         raw(told.channel), {cursor.data(), cursor.size()},
      told.recovered ? 1 : 0, told.code,   raw(told.members)};
  events_.on_subscribed(user_, conn, &answer);
}

void Subscriptions::tell_replay(uint64_t conn, const sbx_event &event) {
  if (events_.on_replay) events_.on_replay(user_, conn, &event);
}

void Subscriptions::tell_live(uint64_t conn, uint64_t ref) {
  const auto cursor = cursor_text({world_.log->epoch(), position()});
  if (events_.on_live) events_.on_live(user_, conn, ref, {cursor.data(), cursor.size()});
}

}  // namespace signalbox
