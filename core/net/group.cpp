#include "core/net/group.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

namespace signalbox::net {

Group *Group::make(std::string_view name) {
  void *memory = std::malloc(sizeof(Group) + name.size());
  if (!memory) throw std::bad_alloc();
  auto *group = new (memory) Group(name.size());
  if (!name.empty()) std::memcpy(static_cast<char *>(memory) + sizeof(Group), name.data(), name.size());
  return group;
}

void Group::destroy(Group *group) {
  group->~Group();
  std::free(group);
}

uint32_t Group::add(Member *member) {
  members_.push_back(member);
  return static_cast<uint32_t>(members_.size() - 1);
}

Member *Group::remove(uint32_t place) {
  Member *last = members_.back();
  members_.remove(place);
  return last;
}

}  // namespace signalbox::net
