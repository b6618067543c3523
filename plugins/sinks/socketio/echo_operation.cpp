// The subscribe operations of one client of mode echo, and what the host says of them.
#include <algorithm>
#include <utility>

#include "plugins/sinks/socketio/client.hpp"
#include "plugins/sinks/socketio/echo.hpp"
#include "plugins/sinks/socketio/echo_client.hpp"
#include "plugins/sinks/socketio/echo_packet.hpp"

namespace socketio {

// Starts what waits, unless something is under way: the client's offset can tell the progress of one operation.
void EchoClient::next_operation() {
  if (op_ != 0) return;
  sbx_status answer = SBX_OK;
  do {
    echo_.sessions().with(ticket_, [&](Kept &kept) {
      unanswered_ = std::min(kept.waiting(), echo_.batch);
      answer = unanswered_ > 0 ? begin_operation(kept, unanswered_) : sbx_status{SBX_OK};
      if (answer == SBX_ETOOBIG && unanswered_ > 1) echo_.batch = unanswered_ / 2;
    });
  } while (answer == SBX_ETOOBIG && unanswered_ > 1);
  if (answer < 0) fail_operation(answer);
}

sbx_status EchoClient::begin_operation(Kept &kept, size_t wanted) {
  std::vector<KeptChannel *> channels;
  std::vector<std::string> since;
  std::vector<sbx_want> wants;
  for (KeptChannel &c : kept.channels)
    if ((c.op == 0 || c.again) && channels.size() < wanted) channels.push_back(&c);
  since.reserve(channels.size());
  wants.reserve(channels.size());
  // Asked for again, in case that it ends meanwhile: what was sent so far need not come twice.
  const std::string now = echo_.cursors().text(echo_.cursors().head());
  for (const KeptChannel *c : channels)
    since.push_back(c->again ? now : c->begun ? echo_.cursors().text(c->begin) : c->since);
  for (size_t i = 0; i < channels.size(); ++i) {
    const auto &auth = channels[i]->offered ? channels[i]->offered : channels[i]->auth;
    wants.push_back({sbx::raw(channels[i]->name), sbx::raw(since[i]), auth ? sbx::raw(*auth) : sbx_str{}});
  }
  sbx_subscribe s{};
  s.size = sizeof s;
  s.ref = echo_.next_ref();
  s.kind = sbx::raw(kind_word(kind_));
  s.channels = wants.data();
  s.channel_count = wants.size();
  const Services &services = echo_.services();
  const sbx_status answer = services.log->subscribe(services.host.get(), member(), &s);
  if (answer < 0) return answer;
  ref_ = s.ref;
  op_ = ++kept.ops;
  answered_ = false;
  op_seq_ = 0;
  for (KeptChannel *c : channels) (std::exchange(c->again, false) ? c->again_op : c->op) = op_;
  return SBX_OK;
}

// The host did not even begin.  ESTALE: this connection is at its end, and its session waits for the next one.
void EchoClient::fail_operation(sbx_status why) {
  if (why == SBX_ESTALE) return;
  std::vector<std::string> lost;
  echo_.sessions().with(ticket_, [&](Kept &kept) {
    for (KeptChannel &c : kept.channels) {
      if (c.op == 0 || c.again) lost.push_back(c.name);
      if (std::exchange(c.again, false)) c.offered.reset();
    }
    std::erase_if(kept.channels, [](const KeptChannel &c) { return c.op == 0; });
  });
  whole_ = false;
  for (const std::string &channel : lost) refuse(channel, Unsubscribable::kUnavailable);
  if (!accepted_) accept();
}

void EchoClient::on_subscribed(const sbx_subscribed &answer) {
  if (answer.ref != ref_ || op_ == 0 || unanswered_ == 0) return;
  // Until now live events came, and told their places: everything up to here was sent.
  if (!std::exchange(answered_, true)) op_place_ = echo_.cursors().head();
  --unanswered_;
  const std::string_view name = sbx::view(answer.channel);
  bool known = false;
  std::optional<KeptChannel> channel;
  echo_.sessions().with(ticket_, [&](Kept &kept) { channel = take_answer(kept, answer, known); });
  const Services &s = echo_.services();
  if (!known && answer.status == SBX_OK) s.log->unsubscribe(s.host.get(), member(), answer.channel);
  if (known && answer.status != SBX_OK) {
    if (!channel) whole_ = false;
    if (answer.status == SBX_EINVAL)
      refuse(name, Unsubscribable::kBadRequest);
    else
      refuse(name, unsubscribable_of(answer.code), answer.code);
  }
  if (known && answer.status == SBX_OK) tell_joined(answer, channel->whole);
  if (unanswered_ == 0 && !accepted_) accept();
}

// The channel as it is now, if the client is in it.
std::optional<KeptChannel> EchoClient::take_answer(Kept &kept, const sbx_subscribed &answer, bool &known) {
  KeptChannel *found = kept.find(sbx::view(answer.channel));
  const bool again = found && found->again_op == op_;
  known = again || (found && found->op == op_);
  if (!known) return std::nullopt;
  if (again) {
    found->again_op = 0;
    // Unless there is a newer offer already, which waits.
    if (!found->again) {
      if (answer.status == SBX_OK && found->offered) found->auth = found->offered;
      found->offered.reset();
    }
  } else if (answer.status == SBX_OK) {
    joined(answer, *found);
  } else {
    kept.erase(sbx::view(answer.channel));  // not by its own name, which moves
    return std::nullopt;
  }
  return *found;
}

// laravel-echo's here() wants the members first.
void EchoClient::tell_joined(const sbx_subscribed &answer, bool whole) {
  const std::string_view name = sbx::view(answer.channel), everybody = sbx::view(answer.members);
  if (!accepted_) {
    if (!everybody.empty()) present_.emplace_back(name, everybody);
    return;
  }
  if (!everybody.empty()) socket_.emit(members_args(name, everybody));
  socket_.emit(subscribed_args(name, sbx::view(answer.cursor), whole));
}

void EchoClient::joined(const sbx_subscribed &answer, KeptChannel &channel) {
  if (channel.begun && !answer.recovered) whole_ = false;
  channel.joined = true;
  channel.whole = answer.recovered != 0;
  if (const auto begin = echo_.cursors().parse(sbx::view(answer.cursor))) {
    op_seq_ = begin->seq;
    // One cursor for the whole operation may lie before what this channel needs.
    channel.begin = channel.begun && channel.whole ? later_of(channel.begin, *begin) : *begin;
    channel.begun = true;
  }
  channel.since.clear();
}

void EchoClient::on_replay(const sbx_event &event) {
  if (!accepted_) accept();
  const auto gap = [&] { return encode_packet(PacketType::kEvent, "/", gap_args(sbx::view(event.channel))); };
  if (event.flags & SBX_EVENT_GAP) return echo_.services().post_control(member(), gap());
  const std::string_view except = sbx::view(event.except);
  if (!except.empty() && (except == socket_.id() || except == former_id_)) return;
  echo_.shared().post(member(), event, form(), [&](auto &&use) {
    if (!echo_.readable(event)) return;
    const std::string notice = gap();
    const Parts parts = parts_of(event);
    use(Frame(parts, false, notice).get());
  });
}

Parts EchoClient::parts_of(const sbx_event &event) const {
  const Attachments attachments = event_attachments(event);
  const auto type = attachments.empty() ? PacketType::kEvent : PacketType::kBinaryEvent;
  const bool presence = (event.flags & SBX_EVENT_PRESENCE) != 0;
  const std::string args =
      presence ? presence_args(event) : event_args(event, recovery() ? offset(event.seq) : std::string());
  return event_parts(kind_version(kind_), encode_packet(type, "/", args, {}, attachments.size()), attachments);
}

// What an event's bytes depend on beside the event: the kind, and for those that may recover the offset, which is the
// same for all that began the same operation at the same place.
sbx::SharedFrames::Form EchoClient::form() const {
  const auto kind = static_cast<uint64_t>(kind_);
  if (!recovery()) return {kind, 0};
  const uint64_t op = op_ && answered_ ? op_ : 0;
  return {kind | op << 8, op ? op_place_.seq : echo_.cursors().head().seq};
}

void EchoClient::on_live(uint64_t ref, std::string_view cursor) {
  if (ref != ref_ || op_ == 0) return;
  if (!accepted_) accept();
  const auto live = echo_.cursors().parse(cursor);
  echo_.sessions().with(ticket_, [&](Kept &kept) {
    for (KeptChannel &c : kept.channels) {
      if (c.again_op == op_) c.again_op = 0;
      if (c.op == op_ && c.joined && live) {
        c.live = *live;
        c.is_live = true;
      }
    }
  });
  op_ = 0;
  next_operation();
}

// A client that is just showing a better token does not lose its place in the queue: the channel is joined anew.
void EchoClient::on_ended(std::string_view channel, uint32_t code) {
  bool known = false;
  echo_.sessions().with(ticket_, [&](Kept &kept) {
    KeptChannel *found = kept.find(channel);
    known = found && found->joined;
    if (!known) return;
    if (!found->again && found->again_op == 0) return kept.erase(channel);
    KeptChannel anew;
    anew.name = found->name;
    anew.auth = found->offered ? found->offered : found->auth;
    anew.op = found->again ? 0 : found->again_op;
    anew.since = echo_.cursors().text(op_ != 0 && answered_ ? op_place_ : echo_.cursors().head());
    *found = std::move(anew);
  });
  if (!known) return;
  if (!accepted_) whole_ = false;
  refuse(channel, Unsubscribable::kEnded, code);
}

// Behind a replay event `seq` of the operation under way: its channels are complete up to there (0: not begun), the
// others at least up to where it began.  Without one: where we are.
std::string EchoClient::offset(uint64_t seq) const {
  return echo_.cursors().offset_text(op_ && answered_ ? Offset{op_place_, op_, seq} : Offset{echo_.cursors().head()});
}

}  // namespace socketio
