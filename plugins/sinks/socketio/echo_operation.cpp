// The subscribe operations of one client of mode echo, and what the host says of them.
#include <algorithm>

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
      const auto waiting = static_cast<size_t>(
          std::count_if(kept.channels.begin(), kept.channels.end(), [](const KeptChannel &c) { return c.op == 0; }));
      unanswered_ = std::min(waiting, echo_.batch);
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
    if (c.op == 0 && channels.size() < wanted) channels.push_back(&c);
  since.reserve(channels.size());
  wants.reserve(channels.size());
  for (const KeptChannel *c : channels) since.push_back(c->begun ? echo_.cursors().text(c->begin) : c->since);
  for (size_t i = 0; i < channels.size(); ++i)
    wants.push_back({sbx::raw(channels[i]->name), sbx::raw(since[i]),
                     channels[i]->auth ? sbx::raw(*channels[i]->auth) : sbx_str{}});
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
  op_place_ = echo_.cursors().head();
  op_seq_ = 0;
  for (KeptChannel *c : channels) c->op = op_;
  return SBX_OK;
}

// The host did not even begin.  ESTALE: this connection is at its end, and its session waits for the next one.
void EchoClient::fail_operation(sbx_status why) {
  if (why == SBX_ESTALE) return;
  std::vector<std::string> lost;
  echo_.sessions().with(ticket_, [&](Kept &kept) {
    for (const KeptChannel &c : kept.channels)
      if (c.op == 0) lost.push_back(c.name);
    std::erase_if(kept.channels, [](const KeptChannel &c) { return c.op == 0; });
  });
  whole_ = false;
  for (const std::string &channel : lost) refuse(channel, Unsubscribable::kUnavailable);
  if (!accepted_) accept();
}

void EchoClient::on_subscribed(const sbx_subscribed &answer) {
  if (answer.ref != ref_ || op_ == 0 || unanswered_ == 0) return;
  --unanswered_;
  const std::string_view name = sbx::view(answer.channel);
  bool known = false;
  std::optional<KeptChannel> channel;
  echo_.sessions().with(ticket_, [&](Kept &kept) {
    KeptChannel *found = kept.find(name);
    known = found && found->op == op_;
    if (known && answer.status == SBX_OK) {
      joined(answer, *found);
      channel = *found;
    } else if (known) {
      kept.erase(name);
    }
  });
  const Services &s = echo_.services();
  if (!known && answer.status == SBX_OK) s.log->unsubscribe(s.host.get(), member(), answer.channel);
  if (known && !channel) {
    whole_ = false;
    refuse(name, answer.status == SBX_EINVAL ? Unsubscribable::kBadRequest : Unsubscribable::kNotAdmitted);
  }
  if (channel && accepted_) socket_.emit(subscribed_args(name, sbx::view(answer.cursor), channel->whole));
  if (unanswered_ == 0 && !accepted_) accept();
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
  const Services &s = echo_.services();
  const std::string gap = encode_packet(PacketType::kEvent, "/", gap_args(sbx::view(event.channel)));
  if (event.flags & SBX_EVENT_GAP) return s.post_control(member(), gap);
  const std::string_view except = sbx::view(event.except);
  const bool own = !except.empty() && (except == socket_.id() || except == former_id_);
  if (own || !echo_.readable(event)) return;
  const Attachments attachments = event_attachments(event);
  const auto type = attachments.empty() ? PacketType::kEvent : PacketType::kBinaryEvent;
  const std::string args = event_args(event, recovery() ? offset(event.seq) : std::string());
  const Parts parts =
      event_parts(kind_version(kind_), encode_packet(type, "/", args, {}, attachments.size()), attachments);
  s.post(member(), parts, false, gap);
}

void EchoClient::on_live(uint64_t ref, std::string_view cursor) {
  if (ref != ref_ || op_ == 0) return;
  if (!accepted_) accept();
  const auto live = echo_.cursors().parse(cursor);
  echo_.sessions().with(ticket_, [&](Kept &kept) {
    for (KeptChannel &c : kept.channels)
      if (c.op == op_ && c.joined && live) {
        c.live = *live;
        c.is_live = true;
      }
  });
  op_ = 0;
  next_operation();
}

// Behind a replay event `seq` of the operation under way: its channels are complete up to there (0: not begun), the
// others at least up to where it began.  Without one: where we are.
std::string EchoClient::offset(uint64_t seq) const {
  return echo_.cursors().offset_text(op_ ? Offset{op_place_, op_, seq} : Offset{echo_.cursors().head()});
}

}  // namespace socketio
