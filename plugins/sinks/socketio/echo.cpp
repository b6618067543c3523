#include "plugins/sinks/socketio/echo.hpp"

#include <algorithm>
#include <utility>

#include "plugins/sinks/socketio/client.hpp"
#include "plugins/sinks/socketio/echo_packet.hpp"
#include "plugins/sinks/socketio/query.hpp"
#include "plugins/sinks/socketio/unfit.hpp"

namespace socketio {

// Of a callback of the log: the client that it is for, if it is still there.
template <class F>
void Echo::deliver(void *self, sbx_id conn, F &&f) noexcept {
  auto &echo = *static_cast<Echo *>(self);
  echo.enter([&] {
    if (EchoClient *client = echo.find(conn)) f(*client);
  });
}

sbx_log_events Echo::log_events() {
  sbx_log_events on{};
  on.size = sizeof on;
  on.on_subscribed = [](void *self, sbx_id conn, const sbx_subscribed *answer) noexcept {
    deliver(self, conn, [&](EchoClient &client) { client.on_subscribed(*answer); });
  };
  on.on_replay = [](void *self, sbx_id conn, const sbx_event *event) noexcept {
    deliver(self, conn, [&](EchoClient &client) { client.on_replay(*event); });
  };
  on.on_live = [](void *self, sbx_id conn, uint64_t ref, sbx_str cursor) noexcept {
    deliver(self, conn, [&](EchoClient &client) { client.on_live(ref, sbx::view(cursor)); });
  };
  on.on_ended = [](void *self, sbx_id conn, sbx_str channel, uint32_t code) noexcept {
    deliver(self, conn, [&](EchoClient &client) { client.on_ended(sbx::view(channel), code); });
  };
  return on;
}

Echo::Echo(const Services &services, Counters &counters, const EchoOptions &options)
    : services_(services),
      counters_(counters),
      options_(options),
      cursors_(services.host, services.log),
      shared_(services.host),
      sessions_(KeptSessions::of(services.host.instance())) {
  sessions_->limit(options.resume_for_ns, options.resume_sessions_max);
}

sbx_status Echo::start() {
  const sbx_log_events on = log_events();
  return services_.log->open(services_.host.get(), &on, this);
}

// ---- clients -------------------------------------------------------------------------------------------------------

EchoClient *Echo::find(sbx_id member) const {
  const auto found = by_member_.find(member);
  return found == by_member_.end() ? nullptr : found->second;
}

EchoClient *Echo::find(const Socket &socket) const {
  const auto found = clients_.find(&socket);
  return found == clients_.end() ? nullptr : found->second.get();
}

void Echo::on_open(const Session &session, const sbx_request &handshake) {
  const std::string token = query_value(sbx::view(handshake.query), "token").value_or("");
  sbx_visitor visitor{};
  visitor.flags = handshake.flags & SBX_REQ_TLS;
  visitor.peer = handshake.peer;
  visitor.token = sbx::raw(token);
  visitor.headers = handshake.headers;
  visitor.header_count = handshake.header_count;
  services_.introduce(session.member(), visitor);
}

void Echo::introduce(const Socket &socket, std::string_view auth) {
  sbx_visitor visitor{};
  visitor.id = sbx::raw(socket.id());
  visitor.auth = sbx::raw(auth);
  services_.introduce(socket.client().session().member(), visitor);
}

std::optional<std::string> Echo::on_connect(Socket &socket, std::string_view) {
  if (socket.nsp() == "/") return std::nullopt;
  return "Invalid namespace";
}

void Echo::on_welcome(Socket &socket, std::string_view auth) {
  auto &client = *(clients_[&socket] = std::make_unique<EchoClient>(*this, socket, ++connections_));
  on_moved(socket, 0);
  introduce(socket, auth);
  client.welcome(auth);
  counters_.sessions_kept.set(static_cast<double>(sessions_->lost()));
}

// A callback that was on its way at the upgrade names the former member.
void Echo::on_moved(Socket &socket, sbx_id) {
  EchoClient *client = find(socket);
  if (!client) return;
  client->members.push_back(socket.client().session().member());
  by_member_[client->members.back()] = client;
}

void Echo::on_event(Socket &socket, const Packet &packet, const Attachments &) {
  if (EchoClient *client = find(socket)) client->on_event(packet);
}

void Echo::on_disconnect(Socket &socket) {
  const auto node = clients_.extract(&socket);
  if (node.empty()) return;
  for (const sbx_id member : node.mapped()->members) by_member_.erase(member);
  node.mapped()->leave(socket.said_goodbye());
  counters_.sessions_kept.set(static_cast<double>(sessions_->lost()));
}

void Echo::on_heartbeat(Socket &socket) {
  if (EchoClient *client = find(socket)) client->on_heartbeat();
}

void Echo::on_heartbeat_answered(Socket &socket) {
  if (EchoClient *client = find(socket)) client->on_heartbeat_answered();
}

// ---- sessions that moved on ----------------------------------------------------------------------------------------

void Echo::evict(uint64_t connection) {
  const std::lock_guard lock(evicted_mutex_);
  evicted_.push_back(connection);
  services_.loop->post(
      services_.host.get(),
      [](void *self) noexcept {
        auto &echo = *static_cast<Echo *>(self);
        echo.enter([&] { echo.end_evicted(); });
      },
      this);
}

void Echo::end_evicted() {
  std::vector<uint64_t> evicted;
  {
    const std::lock_guard lock(evicted_mutex_);
    evicted.swap(evicted_);
  }
  for (const uint64_t number : evicted) end_connection(number);
}

void Echo::end_connection(uint64_t number) {
  const auto found =
      std::find_if(clients_.begin(), clients_.end(), [&](const auto &c) { return c.second->number() == number; });
  if (found != clients_.end()) found->second->socket().client().session().close(CloseReason::kReplaced);
}

// ---- events --------------------------------------------------------------------------------------------------------

bool Echo::readable(const sbx_event &event) {
  const std::string_view why = unfit(event, sbx::view(event.name));
  if (why.empty()) return true;
  counters_.events_unfit.add();
  services_.host.log(SBX_WARN, "left out an event: " + std::string(why));
  return false;
}

void Echo::publish(const sbx_event &event) {
  const bool gap = (event.flags & SBX_EVENT_GAP) != 0;
  if (clients_.empty() || (!gap && !readable(event))) return;
  const std::string notice = encode_packet(PacketType::kEvent, "/", gap_args(sbx::view(event.channel)));
  const Attachments attachments = event_attachments(event);
  const auto type = attachments.empty() ? PacketType::kEvent : PacketType::kBinaryEvent;
  const Socket *spared = event.except.len ? hub_->find(sbx::view(event.except)) : nullptr;
  const sbx_id except = spared ? spared->client().session().member() : 0;
  for (size_t i = 0; i < kEchoKinds; ++i) {
    const auto kind = static_cast<EchoKind>(i);
    if (listeners_[i] == 0) continue;
    if (gap) {
      services_.publish(event, kind_word(kind), {{false, notice}}, true, {}, except);
      continue;
    }
    const bool offset = kind == EchoKind::kVersion4Recovery, presence = (event.flags & SBX_EVENT_PRESENCE) != 0;
    const std::string args =
        presence ? presence_args(event) : event_args(event, offset ? sbx::view(event.cursor) : std::string_view());
    std::string packet = encode_packet(type, "/", args, {}, attachments.size());
    const Parts parts = event_parts(kind_version(kind), std::move(packet), attachments);
    services_.publish(event, kind_word(kind), parts, false, notice, except);
  }
}

}  // namespace socketio
