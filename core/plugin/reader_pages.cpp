// What the log holds for a reader: asked for page by page, and handed over.
#include <algorithm>

#include "core/base/assert.hpp"
#include "core/plugin/reader.hpp"
#include "core/plugin/subscriptions.hpp"

namespace signalbox {

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
  page_whole_ = true;
  for (const Channel &channel : channels_) {
    if (channel.after && *channel.after >= upto_) continue;
    query.channels.push_back({channel.name, channel.scopes, channel.after});
    asked_.push_back(channel.name);
  }
  query.upto = upto_;
  query.events_max = owner_.limits().page_events;
  query.bytes_max = owner_.limits().page_bytes;
  if (PagePtr page = owner_.read(query)) {
    take(std::move(page));
    return true;
  }
  close_gate();
  asking_disk_ = true;
  owner_.ask_disk(*this, std::move(query));
  return false;
}

void Reader::arrive(LogPage page) {
  asking_disk_ = false;
  if (page.events.empty()) page.upto = upto_;
  take(std::make_shared<const LogPage>(std::move(page)));
}

void Reader::take(PagePtr taken) {
  SBX_ASSERT(!page_ && taken->channels.size() == asked_.size());
  const LogPage &page = *taken;
  owner_.spend(1 + page.events.size());
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
  page_ = std::move(taken);
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

bool Reader::hand_page() {
  // The page has no channel but those that were asked for: they need not be looked for at each event.
  for (; page_next_ < page_->events.size(); ++page_next_) {
    const Event &event = *page_->events[page_next_].event;
    if (page_whole_ ? !hand_known(event) : !hand_over(event)) return false;
  }
  for (const std::string &name : asked_)
    if (Channel *channel = find(name)) channel->after = std::max(*channel->after, page_->upto);
  page_.reset();
  return true;
}

}  // namespace signalbox
