#include "tests/subscribe/listener.hpp"

#include <algorithm>

namespace signalbox::testing {

void Listener::wrong(const std::string &what) {
  if (!complaint_.empty()) return;
  complaint_ = name_ + ": " + what + "; it had heard:";
  const size_t from = heard_.size() > 60 ? heard_.size() - 60 : 0;
  for (size_t i = from; i < heard_.size(); ++i) complaint_ += "\n  " + heard_[i];
}

void Listener::connect(unsigned lane) {
  lane_ = lane;
  conn_ = rig_.ear(lane).member();
  heard_.push_back("-- connects to lane " + std::to_string(lane));
  std::vector<std::string> channels;
  for (const auto &[channel, sub] : subs_) channels.push_back(channel);
  if (!channels.empty()) ask(channels);
}

void Listener::cut() {
  if (!conn_) return;
  rig_.ear(lane_).closed.erase(conn_);
  rig_.ear(lane_).drop(conn_);
  heard_.push_back("-- cut");
  conn_ = 0;
  asked_.clear();
  // A gap that was told and not needed so far may be about what comes only now.
  for (auto &[channel, sub] : subs_) sub.gap = sub.gap_due = false;
}

void Listener::subscribe(const std::vector<std::string> &channels) {
  for (const std::string &channel : channels) subs_.emplace(channel, Sub{});
  ask(channels);
}

void Listener::ask(const std::vector<std::string> &channels) {
  const uint64_t ref = ++ref_;
  std::vector<std::pair<std::string, std::string>> wants;
  for (const std::string &channel : channels) {
    Sub &sub = subs_[channel];
    const std::optional<uint64_t> since = one_cursor_ ? cursor_ : sub.cursor;
    wants.emplace_back(channel, since ? rig_.cursor(*since) : "");
    sub.ref = ref;
    // What it saw beyond the cursor that it kept may come again, nothing older.
    sub.complete = since;
    if (since) sub.last = std::min(sub.last, *since);
  }
  asked_[ref].insert(channels.begin(), channels.end());
  heard_.push_back("-- subscribes " + std::to_string(ref));
  for (const auto &[channel, since] : wants)
    heard_.push_back("--   " + channel + " since " + (since.empty() ? "" : std::to_string(parse_cursor(since)->seq)));
  const sbx_status status = rig_.ear(lane_).subscribe(conn_, ref, wants);
  if (status == SBX_ESTALE) return;  // it overflowed a moment ago
  if (status != SBX_OK) wrong("subscribe was answered " + std::to_string(status));
}

void Listener::unsubscribe(const std::string &channel) {
  heard_.push_back("-- unsubscribes " + channel);
  const sbx_status status = rig_.ear(lane_).unsubscribe(conn_, channel);
  if (status != SBX_OK && status != SBX_ESTALE) wrong("unsubscribe was answered " + std::to_string(status));
  for (auto &[ref, channels] : asked_) channels.erase(channel);
  subs_.erase(channel);
}

void Listener::transfer() {
  const sbx_id next = rig_.ear(lane_).member();
  const sbx_status status = rig_.ear(lane_).transfer(conn_, next);
  if (status == SBX_ESTALE) return rig_.ear(lane_).drop(next);
  if (status != SBX_OK) wrong("transfer was answered " + std::to_string(status));
  heard_.push_back("-- transferred");
  conn_ = next;
}

void Listener::read(size_t bytes_max) {
  if (!conn_) return;
  for (const std::string &frame : rig_.ear(lane_).take(conn_, bytes_max)) {
    heard_.push_back(frame.substr(0, 60));
    hear(words_of(frame));
  }
  if (rig_.ear(lane_).closed.contains(conn_)) cut();
}

void Listener::hear(const std::vector<std::string> &words) {
  if (words[0] == "subscribed") return subscribed(words);
  if (words[0] == "live") {
    const uint64_t place = std::stoull(words[2]);
    asked_.erase(std::stoull(words[1]));
    if (one_cursor_) cursor_ = place;
    for (auto &[channel, sub] : subs_) {
      if (sub.ref != 0) continue;
      advance(sub, channel, place, place);
      settle_gap(sub, channel);
    }
    return;
  }
  auto it = subs_.find(words[1]);
  if (it == subs_.end() || it->second.ref != 0) return;  // of a subscription that is over
  Sub &sub = it->second;
  if (words[0] == "event") return event(sub, words[1], std::stoull(words[2]));
  if (exact_ && asked_.empty()) wrong("a gap in a live channel");
  sub.gap = sub.gap_due = true;
  sub.gap_from = *sub.complete;
}

void Listener::subscribed(const std::vector<std::string> &words) {
  const uint64_t ref = std::stoull(words[3]), shown = std::stoull(words[5]), place = std::stoull(words[6]);
  if (words[2] != "0") wrong("not subscribed");
  if (one_cursor_) cursor_ = shown;
  auto it = subs_.find(words[1]);
  if (it == subs_.end() || it->second.ref != ref) return;
  Sub &sub = it->second;
  sub.ref = 0;
  if (!sub.complete) {
    // A newcomer: everything that is accepted from now on, and what is retained of the rest.  Of that it cannot know
    // where it begins, but for the newest one, which nothing can have pushed out.
    const std::vector<uint64_t> all = rig_.all_of(words[1]);
    const auto next = std::upper_bound(all.begin(), all.end(), place);
    const bool replays = words[1].starts_with("all") || words[1].starts_with("last");
    sub.complete = replays && next != all.begin() && next == all.end() ? all.back() - 1 : place;
    sub.last = 0;
    sub.vague = shown < place;
  } else if (words[4] == "1" && shown > place) {
    wrong("a cursor ahead of the lane");
  }
  sub.cursor = shown;
}

void Listener::event(Sub &sub, const std::string &channel, uint64_t seq) {
  if (seq <= sub.last) return wrong(channel + " " + std::to_string(seq) + " came after " + std::to_string(sub.last));
  if (one_cursor_) {
    if (cursor_ && seq <= *cursor_) return wrong(channel + " " + std::to_string(seq) + " lies before a cursor shown");
    cursor_ = seq;
  } else if (sub.cursor && seq <= *sub.cursor) {
    return wrong(channel + " " + std::to_string(seq) + " lies before its cursor");
  }
  sub.last = sub.cursor.emplace(seq);
  if (seq <= *sub.complete) return;  // the older part of what is retained for a newcomer
  advance(sub, channel, seq - 1, seq);
}

// Everything up to `upto` had to come before this, and up to `shown` it is accounted for.
void Listener::advance(Sub &sub, const std::string &channel, uint64_t upto, uint64_t shown) {
  const std::vector<uint64_t> all = rig_.all_of(channel);
  const auto missing = std::upper_bound(all.begin(), all.end(), *sub.complete);
  if (missing != all.end() && *missing <= upto) {
    if (!sub.gap) wrong(channel + " " + std::to_string(*missing) + " is lost without a gap");
    sub.gap_due = false;
    if (asked_.empty()) sub.gap = false;
  }
  sub.complete = std::max(*sub.complete, shown);
  sub.cursor = std::max(*sub.cursor, shown);
}

// Its channels are live again: what was told as a gap must have been one.
void Listener::settle_gap(Sub &sub, const std::string &channel) {
  // The log knows exactly what a channel lost, but for a lane that is more than a few events behind.
  constexpr std::ptrdiff_t kExact = 4;
  const std::vector<uint64_t> all = rig_.all_of(channel);
  const bool lagging = all.end() - std::upper_bound(all.begin(), all.end(), sub.gap_from) > kExact;
  if (exact_ && sub.gap_due && !lagging && !sub.vague) wrong("a gap in " + channel + " where nothing is missing");
  sub.vague = sub.gap_due = false;
  if (asked_.empty()) sub.gap = false;
}

void Listener::judge_end() {
  if (!quiet()) return wrong("a subscribe was never answered");
  for (auto &[channel, sub] : subs_) {
    if (sub.ref != 0)
      wrong(channel + " was never subscribed");
    else
      advance(sub, channel, rig_.head(), rig_.head());
  }
}

}  // namespace signalbox::testing
