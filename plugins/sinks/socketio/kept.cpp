#include "plugins/sinks/socketio/kept.hpp"

#include <algorithm>
#include <set>

namespace socketio {

KeptChannel *Kept::find(std::string_view name) {
  const auto found = std::find_if(channels.begin(), channels.end(), [&](const auto &c) { return c.name == name; });
  return found == channels.end() ? nullptr : &*found;
}

std::optional<std::shared_ptr<const std::string>> Kept::share_auth(const std::string &auth) const {
  if (auth.empty()) return nullptr;
  std::set<const std::string *> counted;
  size_t n = auth.size();
  for (const KeptChannel &c : channels) {
    for (const auto &held : {c.auth, c.offered}) {
      if (!held) continue;
      if (*held == auth) return held;
      if (counted.insert(held.get()).second) n += held->size();
    }
  }
  if (n > kAuthBytesMax) return std::nullopt;
  return std::make_shared<const std::string>(auth);
}

size_t Kept::waiting() const {
  return static_cast<size_t>(
      std::count_if(channels.begin(), channels.end(), [](const KeptChannel &c) { return c.op == 0 || c.again; }));
}

void Kept::erase(std::string_view name) {
  std::erase_if(channels, [&](const auto &c) { return c.name == name; });
}

Place Kept::since(const KeptChannel &channel, const std::optional<Offset> &offset) const {
  if (!offset || channel.op == 0) return channel.begin;
  if (offset->place.epoch != channel.begin.epoch) return offset->place;
  const Place replayed = {offset->place.epoch, offset->seq};
  if (offset->op == channel.op) return later_of(channel.begin, replayed);
  // The replay of a later operation: what came for this channel meanwhile went through it, in order.
  if (offset->op > channel.op) return later_of(channel.begin, later_of(offset->place, replayed));
  const bool received = offset->op == 0 && channel.is_live && offset->place.seq > channel.live.seq;
  return received ? later_of(channel.begin, offset->place) : channel.begin;
}

void Kept::resume(const std::optional<Offset> &offset) {
  for (KeptChannel &c : channels) {
    if (c.begun) c.begin = since(c, offset);
    c.op = c.again_op = 0;
    c.joined = c.is_live = c.whole = c.again = false;
    c.offered.reset();
  }
}

size_t Kept::bytes() const {
  size_t n = sizeof(Kept) + pid.size() + key.size() + sid.size();
  std::set<const std::string *> counted;
  for (const KeptChannel &c : channels) {
    n += sizeof(KeptChannel) + c.name.size() + c.since.size();
    for (const auto &held : {c.auth, c.offered})
      if (held && counted.insert(held.get()).second) n += held->size();
  }
  return n;
}

void Kept::confirm(uint64_t op, const Place &head) {
  for (KeptChannel &c : channels)
    if (c.is_live && c.op <= op) c.begin = later_of(c.begin, head);
}

}  // namespace socketio
