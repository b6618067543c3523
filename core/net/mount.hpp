// Mounts: which path of which listener belongs to which plugin instance.  Filled while the instances start, before any
// listener accepts; read-only, and so shared by all lanes, afterwards.
#pragma once
#include <sbx/sbx.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/net/fanout.hpp"

namespace signalbox::net {

class Listener;

// One instance's claim, on the instance's lane.
struct Mount {
  std::string path;  // without a slash at the end; "" is everything
  sbx_http_events on{};
  void *user = nullptr;
  GroupSpace *space = nullptr;
  OutboxLimits outbox{};
  uint64_t body_max = 0;
  int64_t unacked_ns = 0;
  bool alive = true;  // false: the instance is gone, tell it nothing more
};

// A path with the instances that serve it: one on each lane (a sharded sink), or one on one lane.
struct MountPoint {
  std::string path;
  std::string owner;  // the instance's name: the shards of one sink share a path, two instances do not
  std::vector<Mount *> by_lane;
};

class MountTable {
 public:
  explicit MountTable(unsigned lanes) : lanes_(lanes) {}
  Status add(const Listener &listener, Mount &mount, std::string_view owner, unsigned lane);
  // The longest path that is the request's or a parent of it.
  const MountPoint *find(const Listener &listener, std::string_view path) const;

 private:
  const unsigned lanes_;
  std::map<const Listener *, std::vector<MountPoint>> points_;
};

}  // namespace signalbox::net
