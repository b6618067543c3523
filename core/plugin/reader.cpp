#include "core/plugin/reader.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "core/plugin/subscriptions.hpp"

namespace signalbox {

void Reader::ask(SubscribeRequest request) {
  waiting_ += request.wants.size();
  waiting_bytes_ += request.bytes;
  requests_.push_back(std::move(request));
}

void Reader::admit(uint64_t round, std::vector<Admission> admissions) {
  for (SubscribeRequest &request : requests_) {
    if (request.round != round) continue;
    request.round = 0;
    for (size_t i = 0; i < request.wants.size(); ++i) request.wants[i].admission = std::move(admissions[i]);
    owner_.schedule(*this);
    return;
  }
}

bool Reader::forget(std::string_view channel, bool ended) {
  bool found = std::erase_if(channels_, [&](const Channel &c) { return c.name == channel; }) > 0;
  if (found) page_whole_ = false;
  for (size_t i = 0; i < requests_.size(); ++i)
    for (Want &want : requests_[i].wants) {
      if (want.channel != channel || want.cancelled) continue;
      if (ended && (i > 0 || idle_)) continue;
      if (ended && !announced_) {
        want.admission = {};
        want.admission.code = kUnauthorized;
        found = true;
        continue;
      }
      want.cancelled = true;
      if (i > 0 || !announced_) found = true;  // else it is, or was, in channels_
    }
  return found;
}

bool Reader::step() {
  pages_left_ = owner_.limits().pages_per_turn;
  while (!closed_) {
    if (idle_) {
      if (requests_.empty()) return false;
      if (!begin()) return true;
    }
    if (!go_on()) return !closed_;
  }
  return false;
}

// ---- one subscribe

bool Reader::begin() {
  SubscribeRequest &request = requests_.front();
  if (request.round != 0) return false;
  const uint64_t here = owner_.position();
  for (Want &want : request.wants) {
    // It may have waited for its turn longer than it was granted.
    if (want.admission.grant && owner_.is_over(*want.admission.grant)) {
      want.admission = {};
      want.admission.code = kUnauthorized;
    }
    if (want.since != Want::Since::given || want.after <= here) continue;
    // Another lane showed this cursor and is ahead of this one, whose mailbox has the rest already: the end of this
    // turn delivers it.  To go on before would be to send it twice.
    if (want.after <= owner_.log().position()) {
      owner_.schedule(*this);
      return false;
    }
    want.since = Want::Since::bad;  // from the future
    want.after = 0;
  }
  SBX_ASSERT(!gated_ && channels_.empty() && gate_.empty());
  idle_ = announced_ = caught_up_ = false;
  upto_ = here;
  for (const Want &want : request.wants) look_up(want);
  return true;
}

void Reader::look_up(const Want &want) {
  if (want.cancelled || !Event::is_channel(want.channel)) return;
  if (want.refused() || find(want.channel)) return;
  if (owner_.is_in(*this, want.channel)) {
    // A pipeline that admits it only now: its events are heard from here on, and what it had before counts as lost.
    std::vector<uint32_t> more = owner_.not_in(*this, want.channel, want.admission.scopes);
    if (!more.empty()) channels_.push_back({want.channel, std::move(more), upto_, true});
    return;
  }
  Channel channel{want.channel, want.admission.scopes, {}, want.since == Want::Since::bad};
  if (want.since != Want::Since::none) channel.after = want.after;
  channels_.push_back(std::move(channel));
}

bool Reader::go_on() {
  for (;;) {
    if (closed_ || asking_disk_) return false;
    if (!page_ && behind()) {
      if (!fetch()) return false;
    } else if (!announced_) {
      announce();
    } else if (std::any_of(channels_.begin(), channels_.end(), [](const Channel &c) { return c.gap; })) {
      tell_gaps();
    } else if (page_) {
      if (!hand_page()) return false;
    } else if (gate_.overflowed()) {
      catch_up_again();
    } else if (!gate_.empty()) {
      if (!hand_gate()) return false;
    } else {
      go_live();
      return true;
    }
  }
}

void Reader::go_live() {
  owner_.join(*this);
  owner_.open_gate(*this);
  gated_ = false;
  channels_.clear();
  idle_ = true;
  announced_ = false;
  waiting_ -= requests_.front().wants.size();
  waiting_bytes_ -= requests_.front().bytes;
  const uint64_t ref = requests_.front().ref;
  requests_.pop_front();
  owner_.tell_live(conn_, ref);
}

// ---- to the connection

uint64_t Reader::replay_start() const {
  uint64_t start = upto_;
  for (const Channel &channel : channels_) start = std::min(start, channel.after.value_or(upto_));
  return start;
}

void Reader::announce() {
  announced_ = true;
  // A client keeps one cursor, whichever channel showed it: none may be ahead of the first event of the replay.
  const uint64_t start = replay_start();
  const SubscribeRequest &request = requests_.front();
  for (size_t i = 0; i < request.wants.size() && !closed_; ++i)
    if (!request.wants[i].cancelled) announce(request.wants[i], start);
}

void Reader::announce(const Want &want, uint64_t start) {
  const uint64_t ref = requests_.front().ref;
  if (!Event::is_channel(want.channel))
    return owner_.tell_subscribed(conn_, {ref, want.channel, SBX_EINVAL, kForbidden, start, false, {}});
  const Channel *channel = find(want.channel);
  // One that was admitted before stays, whatever is said of it now.
  if (want.refused() && !channel && !owner_.is_in(*this, want.channel))
    return owner_.tell_subscribed(conn_, {ref, want.channel, SBX_EREFUSED, want.admission.code, start, false, {}});
  const bool recovered = channel && want.since == Want::Since::given && !channel->gap;
  const std::string members = owner_.admit(conn_, want.channel, want.admission);
  if (!members.empty()) gate_.forget_presence(want.channel);
  owner_.tell_subscribed(conn_, {ref, want.channel, SBX_OK, 0, start, recovered, members});
}

void Reader::tell_gaps() {
  for (size_t i = 0; i < channels_.size() && !closed_; ++i) {
    if (!std::exchange(channels_[i].gap, false)) continue;
    channels_[i].gap_told = true;
    const std::vector<uint32_t> &scopes = channels_[i].scopes;
    hand_over(*Event::gap(channels_[i].name, scopes.empty() ? 0 : scopes.front()));
  }
}

bool Reader::hand_gate() {
  for (; !gate_.empty(); gate_.pop()) {
    const Event &event = *gate_.front();
    if (!hand_over(event)) return false;
    if (event.view().seq != 0) upto_ = event.view().seq;
  }
  return true;
}

// False: there is no room for it yet, or the connection is gone.
bool Reader::hand_over(const Event &event) {
  if (!closed_ && !find(text(event.view().channel))) return true;  // unsubscribed meanwhile
  return hand_known(event);
}

bool Reader::hand_known(const Event &event) {
  if (closed_) return false;
  const bool gap = event.view().flags & SBX_EVENT_GAP;
  if ((event.view().flags & SBX_EVENT_PRESENCE) != 0 && owner_.is_about(conn_, event.view())) return true;
  if (!gap && !owner_.room_for(conn_, event.bytes())) {
    close_gate();
    room_wanted_ = event.bytes();
    return false;
  }
  owner_.tell_replay(conn_, event.view());
  return !closed_;
}

bool Reader::found_room() {
  if (room_wanted_ == 0 || !owner_.room_for(conn_, room_wanted_)) return false;
  room_wanted_ = 0;
  return true;
}

// ---- the gate

void Reader::close_gate() {
  if (std::exchange(gated_, true)) return;
  // Nothing was delivered since begin(): whoever waits closes the gate before.
  SBX_ASSERT(upto_ == owner_.position());
  for (const auto &[scope, name] : owner_.leave_all(*this)) {
    Channel *channel = find(name);
    if (!channel) channel = &channels_.emplace_back(Channel{name, {}, upto_, false});
    channel->scopes.push_back(scope);
  }
  owner_.shut_gate(*this);
}

void Reader::keep(const EventPtr &event) {
  const Channel *channel = find(text(event->view().channel));
  if (!channel ||
      std::find(channel->scopes.begin(), channel->scopes.end(), event->view().scope) == channel->scopes.end())
    return;
  gate_.push(event, owner_.limits().gate_events, owner_.limits().gate_bytes);
}

Reader::Channel *Reader::find(std::string_view name) {
  auto it = std::find_if(channels_.begin(), channels_.end(), [&](const Channel &c) { return c.name == name; });
  return it == channels_.end() ? nullptr : &*it;
}

}  // namespace signalbox
