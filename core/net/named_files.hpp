// NamedFiles: files that the configuration names, as one plugin instance reads and watches them (sbx.files/1).  Owned
// by the instance.  [lane] everything.  Reading blocks the lane: these files are small and local.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/io/lane.hpp"

namespace signalbox::net {

class NamedFiles {
 public:
  enum class Read { ok, missing, forbidden, too_big, not_regular, failed };

  explicit NamedFiles(io::Lane &lane) : lane_(lane) {}
  ~NamedFiles();
  NamedFiles(const NamedFiles &) = delete;
  NamedFiles &operator=(const NamedFiles &) = delete;

  // The whole file, at most limits::kNamedFileMax bytes.
  Read read(const std::string &path, std::string &out);
  // Calls `changed` from a timer whenever what the path leads to (behind links, too) is another version of a file than
  // the one that was read or told last.  A file that is missing is told when it is back.  0: too many.
  uint64_t watch(const std::string &path, std::function<void(uint64_t)> changed);
  // Looks at all of them now, as the timer does.
  void look();

 private:
  // What tells one version of a file from another.
  struct Stamp {
    uint64_t device = 0, inode = 0, size = 0;
    int64_t modified_ns = 0, changed_ns = 0;
    bool operator==(const Stamp &) const = default;
  };
  struct Watched {
    Stamp seen;  // read or told last
    std::vector<std::pair<uint64_t, std::function<void(uint64_t)>>> watchers;
  };
  static bool stamp_of(const std::string &path, Stamp &out);

  io::Lane &lane_;
  std::map<std::string, Watched> files_;  // read or watched, by path
  uint64_t watches_ = 0;
  io::TimerId timer_ = 0;
};

}  // namespace signalbox::net
