#include "plugins/sinks/socketio/client.hpp"

#include <algorithm>

#include "plugins/sinks/socketio/hub.hpp"
#include "plugins/sinks/socketio/query.hpp"
#include "plugins/sinks/socketio/text.hpp"

namespace socketio {
namespace {

// Attachments of one packet together: so many times maxPayload.
constexpr size_t kAttachmentPayloads = 4;

// REQUIRES: neither id needs escaping: ours never do
std::string connect_json(int version, const Socket &socket, std::string_view pid) {
  if (version == 3) return {};
  std::string out = "{\"sid\":\"" + socket.id();
  if (!pid.empty()) (out += "\",\"pid\":\"") += pid;
  return out + "\"}";
}

// Revision 4 has a plain string where revision 5 has an object.
std::string error_json(int version, std::string_view message) {
  std::string text;
  append_json_string(text, message);
  return version == 4 ? "{\"message\":" + text + "}" : text;
}

// Revision 4 has no auth in "/": clients that old put their token into the query.
std::string handshake_auth(std::string_view query) {
  const auto token = query_value(query, "token");
  if (!token || token->empty() || !valid_utf8(*token)) return "{}";
  std::string out = "{\"token\":";
  append_json_string(out, *token);
  return out + "}";
}

}  // namespace

void Socket::emit(std::string_view args, const Attachments &attachments) {
  const auto type = attachments.empty() ? PacketType::kEvent : PacketType::kBinaryEvent;
  client_.send(encode_packet(type, nsp_, args, {}, attachments.size()), attachments);
}

void Socket::ack(uint64_t ack_id, std::string_view args, const Attachments &attachments) {
  const auto type = attachments.empty() ? PacketType::kAck : PacketType::kBinaryAck;
  client_.send(encode_packet(type, nsp_, args, ack_id, attachments.size()), attachments);
}

void Socket::accept(std::string_view pid) {
  accepted_ = true;
  client_.accept(*this, pid);
}

void Socket::rename(std::string id) {
  client_.hub().remove(*this);
  id_ = std::move(id);
  client_.hub().add(*this);
}

void Socket::join(std::string_view room) {
  client_.session().join(room_group(client_.session().version(), nsp_, room));
}

void Socket::leave(std::string_view room) {
  client_.session().leave(room_group(client_.session().version(), nsp_, room));
}

void Client::send(std::string packet, const Attachments &attachments) {
  session_.send(event_parts(session_.version(), std::move(packet), attachments));
}

void Client::on_open(const sbx_request &handshake) {
  const Services &s = hub_.engine().services();
  session_.set_user_deadline(s.now_ns() + hub_.connect_timeout_ns());
  hub_.app().on_open(session_, handshake);
  // Revision 4 clients are in "/" without asking.
  if (session_.version() == 3) connect("/", handshake_auth(sbx::view(handshake.query)));
}

void Client::on_deadline() {
  if (sockets_.empty()) session_.close(CloseReason::kConnectTimeout);
}

void Client::on_close() {
  while (!sockets_.empty()) disconnect(*sockets_.back());
}

void Client::on_moved(sbx_id from) {
  for (const auto &socket : sockets_) hub_.app().on_moved(*socket, from);
}

void Client::on_heartbeat() {
  for (const auto &socket : sockets_) hub_.app().on_heartbeat(*socket);
}

void Client::on_heartbeat_answered() {
  for (const auto &socket : sockets_) hub_.app().on_heartbeat_answered(*socket);
}

Socket *Client::find(std::string_view nsp) const {
  const auto found = std::find_if(sockets_.begin(), sockets_.end(), [&](const auto &s) { return s->nsp() == nsp; });
  return found == sockets_.end() ? nullptr : found->get();
}

void Client::on_message(std::string_view data, bool binary) {
  if (binary) return on_attachment(data);
  if (partial_) return protocol_error();
  const auto packet = decode_packet(data);
  if (!packet) return protocol_error();
  if (packet->attachments == 0) return on_packet(*packet, {});
  partial_ = std::make_unique<Partial>();
  partial_->text = data;
  partial_->wanted = packet->attachments;
}

void Client::on_attachment(std::string_view bytes) {
  if (!partial_) return protocol_error();
  partial_->bytes += bytes.size();
  if (partial_->bytes > kAttachmentPayloads * hub_.engine().options().max_payload) return protocol_error();
  partial_->attachments.emplace_back(bytes);
  if (partial_->attachments.size() < partial_->wanted) return;
  const std::unique_ptr<Partial> whole = std::move(partial_);
  const auto packet = decode_packet(whole->text);
  if (packet) on_packet(*packet, whole->attachments);
}

void Client::on_packet(const Packet &packet, const Attachments &attachments) {
  Socket *socket = find(packet.nsp);
  if (packet.type == PacketType::kConnect) {
    if (socket) return protocol_error();
    const std::string auth = session_.version() == 3 ? query_object(packet.query) : std::string(packet.json);
    return connect(packet.nsp, auth.empty() ? "{}" : auth);
  }
  if (!socket || packet.type == PacketType::kConnectError) return protocol_error();
  if (packet.type == PacketType::kDisconnect) {
    socket->said_goodbye_ = true;
    disconnect(*socket);
  } else if (packet.type == PacketType::kEvent || packet.type == PacketType::kBinaryEvent) {
    hub_.app().on_event(*socket, packet, attachments);
  }
}

void Client::connect(std::string_view nsp, std::string_view auth) {
  if (sockets_.size() >= kNamespacesMax) return protocol_error();
  auto made = std::make_unique<Socket>(*this, std::string(nsp), hub_.socket_id(session_, nsp));
  Socket &socket = *made;
  if (const auto refusal = hub_.app().on_connect(socket, auth)) {
    send(encode_packet(PacketType::kConnectError, nsp, error_json(session_.version(), *refusal)), {});
    return;
  }
  sockets_.push_back(std::move(made));
  hub_.add(socket);
  session_.set_user_deadline(0);
  hub_.app().on_welcome(socket, auth);
}

void Client::accept(const Socket &socket, std::string_view pid) {
  const int version = session_.version();
  send(encode_packet(PacketType::kConnect, socket.nsp(), connect_json(version, socket, pid)), {});
  session_.join(room_group(version, socket.nsp(), kEverybody));
}

void Client::disconnect(Socket &socket) {
  hub_.app().on_disconnect(socket);
  socket.leave(kEverybody);
  hub_.remove(socket);
  std::erase_if(sockets_, [&](const auto &s) { return s.get() == &socket; });
}

}  // namespace socketio
