// The bodies of fake_log.hpp, which includes this: who is admitted, who is in a presence channel and hears of it, and
// the end of an admission.
#pragma once
#include "fake_log.hpp"

namespace sbx::testing {

// The pipelines that let everybody into it.
inline std::vector<uint32_t> FakeLog::admitted(const std::string &channel) const {
  const auto vouches = [&](const std::string &match) { return matches(channel, match); };
  std::vector<uint32_t> scopes;
  if (restricted(channel) && std::none_of(vouched_.begin(), vouched_.end(), vouches)) return scopes;
  for (uint32_t scope = 0; scope < pipelines; ++scope)
    if (!refused_.contains({channel, scope})) scopes.push_back(scope);
  return scopes;
}

inline uint32_t FakeLog::code_of(const std::string &channel) const {
  const auto found = refused_.find({channel, 0});
  return found == refused_.end() ? 403 : found->second;
}

inline void FakeLog::presence(std::string_view channel, std::string_view name, std::string_view data,
                              const std::set<sbx_id> &own) {
  if (name != "joining" && name != "leaving" && name != "here") fault("a presence event of no known name");
  Event e{.channel = std::string(channel), .name = std::string(name), .data = std::string(data)};
  e.transient = e.presence = true;
  e.epoch = epoch;
  e.seq = ++seq;
  e.wall_ns = host_.now_ns + host_.wall_offset_ns;
  e.cursor = cursor_at(seq);
  show(e, own);
  host_.turn();
}

inline bool FakeLog::end(sbx_id conn, std::string_view channel, uint32_t code) {
  bool found = live(conn, channel);
  for (const std::string &name : live_groups(conn))
    if (channel_of(name) == channel) fanout_.leave(conn, name);
  if (const auto at = reader(conn))
    found |= std::erase_if(at->channels, [&](const Joining &j) { return j.channel == channel; }) > 0;
  const Lent name(channel);
  if (found && on_.on_ended) host_.call([&] { on_.on_ended(user_, conn, name.str(), code); });
  host_.turn();
  return found;
}

inline size_t FakeLog::reach(std::string_view group, const FakeFanout::Frame &frame, sbx_id except) {
  const auto found = fanout_.groups.find(group);
  if (found == fanout_.groups.end()) return 0;
  size_t n = 0;
  for (const sbx_id id : std::vector(found->second)) {  // a copy: an overflow changes the group
    FakeFanout::Member *member = id == except || own_.contains(id) ? nullptr : fanout_.find(id);
    if (member) fanout_.enqueue(id, *member, frame), ++n;
  }
  return n;
}

}  // namespace sbx::testing
