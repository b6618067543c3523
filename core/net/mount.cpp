#include "core/net/mount.hpp"

namespace signalbox::net {
namespace {

bool covers(std::string_view mount, std::string_view path) {
  if (!path.starts_with(mount)) return false;
  return path.size() == mount.size() || path[mount.size()] == '/';
}

}  // namespace

Status MountTable::add(const Listener &listener, Mount &mount, std::string_view owner, unsigned lane) {
  while (mount.path.ends_with('/')) mount.path.pop_back();
  std::vector<MountPoint> &points = points_[&listener];
  for (MountPoint &point : points) {
    if (point.path != mount.path) continue;
    if (point.owner != owner || point.by_lane[lane])
      return Status::error("path \"" + mount.path + "\" already belongs to \"" + point.owner + "\"");
    point.by_lane[lane] = &mount;
    return {};
  }
  MountPoint point{mount.path, std::string(owner), std::vector<Mount *>(lanes_, nullptr)};
  point.by_lane[lane] = &mount;
  points.push_back(std::move(point));
  return {};
}

const MountPoint *MountTable::find(const Listener &listener, std::string_view path) const {
  auto it = points_.find(&listener);
  if (it == points_.end()) return nullptr;
  const MountPoint *best = nullptr;
  for (const MountPoint &point : it->second)
    if (covers(point.path, path) && (!best || point.path.size() > best->path.size())) best = &point;
  return best;
}

}  // namespace signalbox::net
