// A group of a plugin instance: the members that a publish to its name reaches.  One allocation with its name, and with
// its only member while it has one, because most groups of a busy site are one browser's.  Lives while it has members;
// owned by its GroupSpace.  [lane]
#pragma once
#include <cstddef>
#include <cstdint>
#include <sbx/small_list.hpp>
#include <span>
#include <string_view>

namespace signalbox::net {

class Member;

class Group {
 public:
  static Group *make(std::string_view name);
  static void destroy(Group *group);
  Group(const Group &) = delete;
  Group &operator=(const Group &) = delete;

  std::string_view index_name() const { return {reinterpret_cast<const char *>(this + 1), name_size_}; }
  std::span<Member *const> members() const { return {members_.begin(), members_.size()}; }
  bool empty() const { return members_.empty(); }

  // Its place in members().
  uint32_t add(Member *member);
  // The last member takes the place and is returned; the removed one itself if it was the last.
  Member *remove(uint32_t place);

 private:
  explicit Group(size_t name_size) : name_size_(name_size) {}
  ~Group() = default;

  sbx::SmallList<Member *> members_;
  size_t name_size_;
};

}  // namespace signalbox::net
