#include "plugins/sinks/websocket/channels.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "plugins/sinks/websocket/reason.hpp"
#include "plugins/sinks/websocket/server_message.hpp"

namespace websocket {
namespace {

// There is one encoding.
constexpr std::string_view kKind = "1";

}  // namespace

Channels::Channels(const Services &services, const Counters &counters, Connections &connections, Idle &idle,
                   size_t channels_max, uint32_t policy)
    : services_(services),
      counters_(counters),
      connections_(connections),
      idle_(idle),
      shared_(services.host),
      channels_max_(channels_max),
      policy_(policy) {}

sbx_status Channels::open() {
  sbx_log_events on{};
  on.size = sizeof on;
  on.on_subscribed = [](void *self, sbx_id conn, const sbx_subscribed *answer) noexcept {
    Channels &c = *static_cast<Channels *>(self);
    Connection *connection = c.connections_.find(conn);
    if (connection && !connection->closing)
      sbx::guarded(c.services_.host, [&] { c.on_subscribed(*connection, *answer); });
  };
  on.on_replay = [](void *self, sbx_id conn, const sbx_event *event) noexcept {
    Channels &c = *static_cast<Channels *>(self);
    Connection *connection = c.connections_.find(conn);
    if (connection && !connection->closing) sbx::guarded(c.services_.host, [&] { c.on_replay(*connection, *event); });
  };
  // Of channels that were left before their turn nothing is said; their subscribe ends all the same.
  on.on_live = [](void *self, sbx_id conn, uint64_t ref, sbx_str) noexcept {
    if (Connection *connection = static_cast<Channels *>(self)->connections_.find(conn)) connection->asked.remove(ref);
  };
  on.on_ended = [](void *self, sbx_id conn, sbx_str channel, uint32_t code) noexcept {
    Channels &c = *static_cast<Channels *>(self);
    Connection *connection = c.connections_.find(conn);
    if (connection && !connection->closing)
      sbx::guarded(c.services_.host, [&] { c.on_ended(*connection, sbx::view(channel), code); });
  };
  return services_.log->open(services_.host.get(), &on, this);
}

// ---- asking ------------------------------------------------------------------------------------------------------

void Channels::enter(Connection &connection, const QueryWants &wants) {
  idle_.begin(connection);
  connection.asides = std::make_unique<Asides>(Asides{wants.auth, wants.since, wants.bad, wants.over});
  if (wants.channels.empty()) return welcome(connection, services_.head());
  std::vector<sbx_want> asked;
  asked.reserve(wants.channels.size());
  for (const std::string &channel : wants.channels)
    asked.push_back({sbx::raw(channel), sbx::raw(wants.since), sbx::raw(wants.auth)});
  // The welcome waits for the first answer: only the log knows a cursor that is not ahead of what is to be replayed.
  const sbx_status status =
      ask(connection, asked.data(), asked.size(), {.left = asked.size(), .fresh = true, .ref = {}});
  if (status == SBX_OK) return;
  const Reason why = reason_of_subscribe(status);
  welcome(connection, services_.head());
  fail(connection, why.code, why.text, {}, {});
}

void Channels::subscribe(Connection &connection, const ClientMessage &message) {
  const bool fresh = !connection.in(message.channel);
  if (fresh && connection.channels.size() >= channels_max_)
    return fail(connection, Error::kTooManyChannels, "this connection is in as many channels as it may be in",
                message.channel, message.ref);
  if (connection.asked.size() >= channels_max_)
    return fail(connection, Error::kTooManyChannels, "too many subscriptions at once; wait for their answers",
                message.channel, message.ref);
  const sbx_want want{sbx::raw(message.channel), sbx::raw(message.since),
                      message.auth.empty() ? sbx::raw(connection.auth()) : sbx::raw(message.auth)};
  const sbx_status status = ask(
      connection, &want, 1, {.left = 1, .fresh = fresh, .ref = std::string(message.ref), .channel = message.channel});
  if (status == SBX_OK) return;
  const Reason why = reason_of_subscribe(status);
  fail(connection, why.code, why.text, message.channel, message.ref);
}

sbx_status Channels::ask(Connection &connection, const sbx_want *wants, size_t count, Asked asked) {
  const sbx_subscribe s{sizeof s, 0, ++last_ref_, sbx::raw(kKind), wants, count};
  const sbx_status status = services_.log->subscribe(services_.host.get(), connection.id, &s);
  if (status != SBX_OK) return status;
  if (asked.fresh)
    for (size_t i = 0; i < count; ++i) add(connection, sbx::view(wants[i].channel));
  connection.asked.add(last_ref_, std::move(asked));
  return status;
}

void Channels::unsubscribe(Connection &connection, const ClientMessage &message) {
  const sbx_status status = services_.log->unsubscribe(services_.host.get(), connection.id, sbx::raw(message.channel));
  // On its way to being joined: the host may not know of it yet, and the answer that comes finds it gone.
  const bool was_in = connection.in(message.channel);
  remove(connection, message.channel);
  connection.asked.for_each([&](Asked &asked) {
    if (asked.channel == message.channel) asked.channel.clear();
  });
  if (status != SBX_OK && !was_in)
    return fail(connection, Error::kNotSubscribed, "this connection is not in this channel", message.channel,
                message.ref);
  services_.tell(connection.id, unsubscribed_message(message.channel, message.ref));
}

void Channels::say(Connection &connection, const ClientMessage &message) {
  sbx_status status = SBX_EUNSUPPORTED;
  if (services_.visitors)
    status = services_.visitors->say(services_.host.get(), connection.id, sbx::raw(message.channel),
                                     sbx::raw(message.event), sbx::raw(message.data));
  if (status != SBX_OK) {
    const Reason why = reason_of_say(status);
    return fail(connection, why.code, why.text, message.channel, message.ref);
  }
  counters_.client_events.add();
  if (!message.ref.empty()) services_.tell(connection.id, sent_message(message.ref));
}

void Channels::leave(Connection &connection) {
  for (Listened *listened : connection.channels) listeners_.remove(listened);
  counters_.subscriptions.add(-static_cast<double>(connection.channels.size()));
  connection.channels.clear();
  idle_.end(connection);
}

void Channels::add(Connection &connection, std::string_view channel) {
  connection.channels.push_back(listeners_.add(channel));
  counters_.subscriptions.add(1);
  idle_.end(connection);
}

void Channels::remove(Connection &connection, std::string_view channel) {
  auto &all = connection.channels;
  const auto found = std::find_if(all.begin(), all.end(), [&](const Listened *l) { return l->channel == channel; });
  if (found == all.end()) return;
  listeners_.remove(*found);
  all.remove(static_cast<size_t>(found - all.begin()));
  counters_.subscriptions.add(-1);
  if (all.empty()) idle_.begin(connection);
}

// A client that has asked for the channel once more, with better credentials maybe, is newly in it if that is granted.
void Channels::lose(Connection &connection, std::string_view channel) {
  bool asked_again = false;
  connection.asked.for_each([&](Asked &asked) {
    if (asked.channel == channel) asked_again = asked.fresh = true;
  });
  if (!asked_again) remove(connection, channel);
}

// ---- telling -----------------------------------------------------------------------------------------------------

void Channels::welcome(Connection &connection) {
  if (connection.welcomed) return;
  // A client that speaks before its query was answered: its own cursor is safe, and no other is known to be.
  uint64_t epoch = 0, seq = 0;
  const bool known = services_.log->parse(services_.host.get(), sbx::raw(connection.since()), &epoch, &seq) == SBX_OK;
  welcome(connection, known ? connection.since() : std::string_view());
}

void Channels::welcome(Connection &connection, std::string_view cursor) {
  if (std::exchange(connection.welcomed, true)) return;
  services_.tell(connection.id, welcome_message(connection.public_id(), cursor));
  const std::unique_ptr<Asides> asides = std::move(connection.asides);
  if (!asides) return;
  if (asides->bad_in_query > 0)
    fail(connection, Error::kBadChannel, "the query asks for something that is no name for a channel", {}, {});
  if (asides->over_in_query > 0)
    fail(connection, Error::kTooManyChannels, "the query asks for more channels than a connection may be in", {}, {});
  if (asides->auth.empty()) return;
  connection.asides = std::make_unique<Asides>();
  connection.asides->auth = asides->auth;
}

void Channels::fail(Connection &connection, Error error, std::string_view text, std::string_view channel,
                    std::string_view ref) {
  counters_.count(error);
  services_.tell(connection.id, error_message(error, text, channel, ref));
}

void Channels::on_subscribed(Connection &connection, const sbx_subscribed &answer) {
  Asked *asked = connection.asked.find(answer.ref);
  if (!asked) return;
  const std::string ref = asked->ref;
  const bool fresh = asked->fresh;
  if (--asked->left == 0) connection.asked.remove(answer.ref);
  const std::string_view channel = sbx::view(answer.channel), cursor = sbx::view(answer.cursor);
  welcome(connection, cursor);
  if (answer.status != SBX_OK) {
    if (fresh) lose(connection, channel);
    const Reason why = reason_of(answer);
    return fail(connection, why.code, why.text, channel, ref);
  }
  const std::string_view members = SBX_HAS(&answer, members) ? sbx::view(answer.members) : std::string_view();
  if (connection.in(channel))
    services_.tell(connection.id, subscribed_message(channel, cursor, answer.recovered != 0, members, ref));
}

void Channels::on_ended(Connection &connection, std::string_view channel, uint32_t code) {
  if (!connection.in(channel)) return;
  lose(connection, channel);
  const Reason why = reason_of_end(code);
  fail(connection, why.code, why.text, channel, {});
}

template <class F>
void Channels::with_frame(const sbx_event &event, F &&use) {
  const std::string_view channel = sbx::view(event.channel);
  if ((event.flags & SBX_EVENT_GAP) != 0) {
    return use(Frame(gap_message(channel), SBX_FRAME_CONTROL).get());
  }
  const bool presence = (event.flags & SBX_EVENT_PRESENCE) != 0;
  const auto message = presence ? presence_message(event) : event_message(event);
  if (!message) {
    counters_.events_unfit.add();
    services_.host.log(SBX_WARN, "left out an event: its data is not JSON, or its channel or name not UTF-8");
    return;
  }
  Frame frame(*message);
  std::string key, gap;
  // Of changes of the members none may take another's place.
  if (policy_ == SBX_OUTBOX_LATEST && !presence) {
    key.append(channel).append(1, '\0').append(sbx::view(event.name));
    frame.set_key(key);
  }
  // Nobody counts on what is not kept for anybody, but a list of members must not go wrong in silence.
  const bool missed = presence || (event.flags & SBX_EVENT_TRANSIENT) == 0;
  if (policy_ != SBX_OUTBOX_DISCONNECT && missed) {
    gap = gap_message(channel);
    frame.set_gap(gap);
  }
  use(frame.get());
}

void Channels::on_replay(Connection &connection, const sbx_event &event) {
  if (event.except.len > 0 && sbx::view(event.except) == connection.public_id()) return;
  shared_.post(connection.id, event, {}, [&](auto &&use) { with_frame(event, use); });
}

void Channels::publish(const sbx_event &event) {
  if (!listeners_.any(sbx::view(event.channel))) return;
  with_frame(event, [&](const sbx_frame *frame) {
    services_.log->publish(services_.host.get(), &event, sbx::raw(kKind), frame,
                           connections_.with_public_id(sbx::view(event.except)));
  });
}

}  // namespace websocket
