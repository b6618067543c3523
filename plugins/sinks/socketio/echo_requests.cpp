// What a client of mode echo asks for and says to others.
#include <sbx/json_scan.hpp>

#include "plugins/sinks/socketio/client.hpp"
#include "plugins/sinks/socketio/client_event.hpp"
#include "plugins/sinks/socketio/echo.hpp"
#include "plugins/sinks/socketio/echo_client.hpp"
#include "plugins/sinks/socketio/echo_packet.hpp"

namespace socketio {

void EchoClient::on_event(const Packet &packet) {
  const bool named = accepted_ && !packet.name.empty() && packet.name[0] == '"';
  if (named && sbx::json::equals(packet.name, "subscribe")) return subscribe(packet);
  if (named && sbx::json::equals(packet.name, "unsubscribe")) return unsubscribe(packet);
  if (named && sbx::json::equals(packet.name, "client event")) return say(packet);
  echo_.counters().events_ignored.add();
}

void EchoClient::refuse(std::string_view channel, Unsubscribable why) {
  refuse(channel, why, unsubscribable_status(why));
}

void EchoClient::refuse(std::string_view channel, Unsubscribable why, uint32_t code) {
  echo_.counters().unsubscribable[static_cast<size_t>(why)].add();
  if (accepted_)
    socket_.emit(subscription_error_args(channel, code));
  else
    refused_.emplace_back(channel, code);
}

void EchoClient::subscribe(const Packet &packet) {
  ChannelRequest wanted = read_channel_request(packet);
  if (!wanted.valid) return refuse(wanted.channel, Unsubscribable::kBadRequest);
  if (wanted.since.empty() && echo_.services().now_ns() < shown_until_ns_) wanted.since = shown_;
  bool room = true;
  echo_.sessions().with(ticket_, [&](Kept &kept) { room = want(kept, wanted); });
  if (!room) return refuse(wanted.channel, Unsubscribable::kTooMany);
  next_operation();
}

// False: the session has no room for it.
bool EchoClient::want(Kept &kept, const ChannelRequest &wanted) const {
  const auto auth = kept.share_auth(wanted.auth);
  if (!auth) return false;
  if (KeptChannel *known = kept.find(wanted.channel)) {
    if (!known->joined) return true;  // its answer is on the way
    // Only the host knows who is in it by now, and what a new token is worth.
    known->again = true;
    known->offered = *auth;
    return true;
  }
  if (kept.channels.size() >= echo_.options().channels_max) return false;
  KeptChannel &made = kept.channels.emplace_back();
  made.name = wanted.channel;
  made.since = wanted.since;
  made.auth = *auth;
  return true;
}

void EchoClient::unsubscribe(const Packet &packet) {
  const ChannelRequest wanted = read_channel_request(packet);
  bool known = false;
  if (wanted.valid)
    echo_.sessions().with(ticket_, [&](Kept &kept) {
      const KeptChannel *found = kept.find(wanted.channel);
      known = found && found->op != 0;
      kept.erase(wanted.channel);
    });
  const Services &s = echo_.services();
  if (known) s.log->unsubscribe(s.host.get(), member(), sbx::raw(wanted.channel));
}

void EchoClient::say(const Packet &packet) {
  const ClientEvent said = read_client_event(packet);
  const Services &s = echo_.services();
  Spoken what = Spoken::kMalformed;
  if (said.valid && !s.visitors) what = Spoken::kForbidden;
  if (said.valid && s.visitors)
    what = spoken_of(
        s.visitors->say(s.host.get(), member(), sbx::raw(said.channel), sbx::raw(said.event), sbx::raw(said.data)));
  echo_.counters().spoken[static_cast<size_t>(what)].add();
  if (packet.ack) socket_.ack(*packet.ack, spoken_ack(what));
  if (what != Spoken::kTaken) socket_.emit(client_event_error_args(said, what));
}

}  // namespace socketio
