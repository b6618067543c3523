#include "plugins/sinks/sse/poll.hpp"

#include <sbx/json_text.hpp>
#include <utility>

#include "plugins/sinks/sse/answers.hpp"
#include "plugins/sinks/sse/frame.hpp"

namespace sse {

sbx_status Poll::subscribe(const Query &query, const sbx_request &request, const sbx_member_events &on, void *user) {
  member_ = services_.fanout->member(services_.host.get(), &on, user);
  if (!member_) return SBX_EINTERNAL;
  services_.introduce(member_, request, query.token);
  return Subscription::ask(services_, member_, kPoll, query);
}

void Poll::on_subscribed(const sbx_subscribed &s) {
  if (s.status != SBX_OK)
    refused_.push_back(refusal_of(s));
  else if (SBX_HAS(&s, members) && s.members.len > 0)
    members_[std::string(sbx::view(s.channel))] = sbx::view(s.members);
  subscription_.answered(services_, s);
}

void Poll::on_replay(const sbx_event &event) {
  if (cut_) return;
  if (event.flags & SBX_EVENT_GAP) {
    gap_ = true;
    return;
  }
  if (!fits(event)) return;
  if (event.flags & SBX_EVENT_PRESENCE) {
    if (sbx::view(event.name) == "here") members_[std::string(sbx::view(event.channel))] = sbx::view(event.data);
    return;
  }
  const std::string entry = poll_entry(event);
  // One always fits, however large.
  cut_ = count_ == events_max_ || (count_ > 0 && events_.size() + entry.size() > kReplayBytesMax);
  if (!cut_) include(entry, sbx::view(event.cursor));
}

void Poll::on_live(std::string_view cursor) {
  if (cut_) return;
  live_ = true;
  place_ = cursor;
  collect();
}

// What there is goes out at once, so that the client can come back with new credentials.
void Poll::on_ended(RefusedChannel refused) {
  members_.erase(refused.channel);
  refused_.push_back(std::move(refused));
  ended_ = true;
  cut_ |= !live_;
}

void Poll::on_ready() {
  if (live_ && !cut_) collect();
}

void Poll::on_deadline() {
  due_ns = 0;
  if (!live_ || cut_) return;
  collect();
  // Nothing waits, so that everything up to this lane's place was for others.
  if (!news()) place_ = services_.head();
}

// All of it, however much: it is bounded by the member's outbox, and of a channel that retains nothing this is the only
// copy.
void Poll::collect() {
  const auto see = [](void *self, const sbx_frame *frame) noexcept {
    auto &poll = *static_cast<Poll *>(self);
    sbx::guarded(poll.services_.host, [&] {
      if (frame->part_count == 2)
        poll.include(sbx::view(frame->parts[0]), sbx::view(frame->parts[1]));
      else
        poll.gap_ = true;
    });
  };
  while (services_.fanout->take(services_.host.get(), member_, SIZE_MAX, see, this) > 0) continue;
}

void Poll::include(std::string_view entry, std::string_view cursor) {
  if (count_++ > 0) events_ += ',';
  events_ += entry;
  if (!cursor.empty()) place_ = cursor;
}

void Poll::leave() {
  if (member_) services_.fanout->drop(services_.host.get(), std::exchange(member_, 0));
}

std::string Poll::refused_list() const {
  std::string names = "\"refused\":[", codes = "\"codes\":{";
  for (const RefusedChannel &refused : refused_) {
    if (names.back() != '[') names += ',', codes += ',';
    sbx::json::append_quoted(names, refused.channel);
    sbx::json::append_quoted(codes, refused.channel);
    codes += ":" + std::to_string(refused.code);
  }
  return names + "]," + codes + "}";
}

std::string Poll::members_list() const {
  std::string out = "\"members\":{";
  for (const auto &[channel, members] : members_) {
    if (out.back() != '{') out += ',';
    sbx::json::append_quoted(out, channel);
    out += ":" + members;
  }
  return out + "}";
}

std::string Poll::document() const {
  std::string out = "{\"events\":[";
  out.reserve(events_.size() + 128);
  out += events_;
  out += "],\"cursor\":";
  sbx::json::append_quoted(out, place_);
  out += gap_ ? ",\"gap\":true" : ",\"gap\":false";
  if (cut_) out += ",\"more\":true";
  if (!members_.empty()) out += "," + members_list();
  if (!refused_.empty()) out += "," + refused_list();
  return out += '}';
}

PollEnd Poll::answer() {
  leave();
  if (subscription_.all_refused()) {
    respond(services_, request_, status_of(refused_), kJsonType,
            "{\"error\":\"none of these channels is open to this client\"," + refused_list() + "}");
    return PollEnd::kRefused;
  }
  // Cut before it was live and before anything was included: the channels' places are safe.
  if (place_.empty()) place_ = subscription_.place();
  respond(services_, request_, 200, kJsonType, document());
  return gap_ ? PollEnd::kGap : count_ > 0 ? PollEnd::kEvents : PollEnd::kEmpty;
}

PollEnd Poll::answer_stopping() {
  on_ready();
  if (live_ || count_ > 0) {
    answer();
  } else {
    leave();
    refuse_stopping(services_, request_, Form::kJson);
  }
  return PollEnd::kStopping;
}

}  // namespace sse
