// The fan-out groups behind channels: one for each kind of subscriber, pipeline and channel.  Their names begin with a
// NUL byte, which keeps them apart from the groups that plugins name themselves.  Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox {

struct ChannelGroup {
  std::string_view kind;  // holds no NUL
  uint32_t scope = 0;
  std::string_view channel;
};

// Writes the group's name into `buffer` (whose memory is used again) and returns it.
std::string_view group_name(const ChannelGroup &group, std::string &buffer);
// Nothing: a group of a plugin's own.
std::optional<ChannelGroup> parse_group(std::string_view name);
// A name that no plugin may give to a group of its own.
inline bool is_reserved_group(std::string_view name) { return !name.empty() && name.front() == '\0'; }

}  // namespace signalbox
