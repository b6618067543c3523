#include "core/plugin/channel_group.hpp"

#include <cstring>

namespace signalbox {

std::string_view group_name(const ChannelGroup &group, std::string &buffer) {
  char scope[sizeof group.scope];
  std::memcpy(scope, &group.scope, sizeof scope);
  buffer.assign(1, '\0');
  buffer.append(group.kind);
  buffer.push_back('\0');
  buffer.append(scope, sizeof scope);
  buffer.append(group.channel);
  return buffer;
}

std::optional<ChannelGroup> parse_group(std::string_view name) {
  if (!is_reserved_group(name)) return std::nullopt;
  const size_t end = name.find('\0', 1);
  if (end == name.npos || name.size() - end - 1 < sizeof(uint32_t)) return std::nullopt;
  ChannelGroup group;
  group.kind = name.substr(1, end - 1);
  std::memcpy(&group.scope, name.data() + end + 1, sizeof group.scope);
  group.channel = name.substr(end + 1 + sizeof group.scope);
  return group;
}

}  // namespace signalbox
