#include "plugins/sinks/socketio/hub.hpp"

#include "plugins/sinks/socketio/client.hpp"

namespace socketio {
namespace {

constexpr size_t kPublicIdBytes = 15;

}  // namespace

std::string room_group(int version, std::string_view nsp, std::string_view room) {
  // A namespace has no comma, so no two rooms share a group.
  std::string out = version == 4 ? "4:" : "3:";
  out += nsp;
  out += ',';
  out += room;
  return out;
}

Parts event_parts(int version, std::string packet, const Attachments &attachments) {
  Parts parts;
  parts.reserve(1 + attachments.size());
  parts.push_back({false, std::move(packet)});
  for (const std::string &bytes : attachments) parts.push_back({true, version == 4 ? bytes : '\x04' + bytes});
  return parts;
}

std::unique_ptr<SessionUser> Hub::make_client(Session &session) { return std::make_unique<Client>(*this, session); }

Socket *Hub::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

// Clients of version 2 take the session's id for socket.id; later ones are given one that others may see.
std::string Hub::socket_id(const Session &session, std::string_view nsp) const {
  if (session.version() == 4) return engine_->services().random_id(kPublicIdBytes);
  return nsp == "/" ? session.sid() : std::string(nsp) + "#" + session.sid();
}

size_t Hub::publish(std::string_view nsp, std::string_view room, std::string_view args, const Attachments &attachments,
                    std::string_view except) {
  if (!anybody()) return 0;
  const Socket *spared = except.empty() ? nullptr : find(except);
  const auto type = attachments.empty() ? PacketType::kEvent : PacketType::kBinaryEvent;
  const std::string packet = encode_packet(type, nsp, args, {}, attachments.size());
  Parts parts = event_parts(4, packet, attachments);
  size_t n = 0;
  for (const int version : {4, 3}) {
    if (version == 3 && !attachments.empty()) parts = event_parts(3, packet, attachments);
    const bool here = spared && spared->client().session().version() == version;
    n += engine_->services().publish(room_group(version, nsp, room), parts,
                                     here ? spared->client().session().member() : 0);
  }
  return n;
}

}  // namespace socketio
