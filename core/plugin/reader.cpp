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

// ---- what the log holds

bool Reader::behind() {
  if (!caught_up_)
    caught_up_ = std::none_of(channels_.begin(), channels_.end(),
                              [this](const Channel &c) { return !c.after || *c.after < upto_; });
  return !caught_up_;
}

bool Reader::fetch() {
  if (pages_left_ == 0 || !owner_.may_read()) {
    close_gate();
    owner_.schedule(*this);
    return false;
  }
  --pages_left_;
  LogQuery query;
  asked_.clear();
  for (const Channel &channel : channels_) {
    if (channel.after && *channel.after >= upto_) continue;
    query.channels.push_back({channel.name, channel.scopes, channel.after});
    asked_.push_back(channel.name);
  }
  query.upto = upto_;
  query.events_max = owner_.limits().page_events;
  query.bytes_max = owner_.limits().page_bytes;
  if (std::optional<LogPage> page = owner_.log().read(query)) {
    arrive(std::move(*page));
    return true;
  }
  close_gate();
  asking_disk_ = true;
  owner_.ask_disk(*this, std::move(query));
  return false;
}

void Reader::arrive(LogPage page) {
  SBX_ASSERT(!page_ && page.channels.size() == asked_.size());
  asking_disk_ = false;
  owner_.spend(1 + page.events.size());
  if (page.events.empty()) page.upto = upto_;
  for (size_t i = 0; i < asked_.size(); ++i) {
    Channel *channel = find(asked_[i]);
    if (!channel) continue;  // unsubscribed while the disk was asked
    if (!channel->after) channel->after = page.channels[i].after;
    channel->gap |= page.channels[i].gap && !channel->gap_told;
    const auto first = std::find_if(page.events.begin(), page.events.end(),
                                    [&](const LogEntry &e) { return text(e.event->view().channel) == channel->name; });
    // Behind a gap, or where nothing is to be replayed, the channel's place is as far as we know it.
    const uint64_t start = first == page.events.end() ? page.upto : first->event->view().seq - 1;
    if (channel->gap || start >= upto_) channel->after = std::max(*channel->after, start);
  }
  page_ = std::move(page);
  page_next_ = 0;
}

void Reader::catch_up_again() {
  for (Channel &channel : channels_) {
    channel.after = upto_;
    channel.gap_told = false;
  }
  upto_ = owner_.position();
  caught_up_ = false;
  gate_.open();
  // The log keeps no changes of presence: whoever missed some is told how it is now.
  std::vector<std::string> names;
  for (const Channel &channel : channels_) names.push_back(channel.name);
  for (size_t i = 0; i < names.size() && !closed_; ++i)
    if (const EventPtr here = owner_.everybody_in(conn_, names[i])) owner_.tell_replay(conn_, here->view());
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

bool Reader::hand_page() {
  for (; page_next_ < page_->events.size(); ++page_next_)
    if (!hand_over(*page_->events[page_next_].event)) return false;
  for (const std::string &name : asked_)
    if (Channel *channel = find(name)) channel->after = std::max(*channel->after, page_->upto);
  page_.reset();
  return true;
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
  const bool gap = event.view().flags & SBX_EVENT_GAP;
  if (closed_) return false;
  if (!find(text(event.view().channel))) return true;  // unsubscribed meanwhile
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
