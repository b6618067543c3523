// sbx.asset/1: read-only files that belong to a plugin, below share/signalbox.
#include "core/base/limits.hpp"
#include "core/event/event.hpp"
#include "core/net/disk_files.hpp"
#include "core/plugin/instance.hpp"

namespace signalbox {

struct HostAsset {
  static sbx_status load(const sbx_host *host, sbx_str name, void (*fn)(void *, sbx_str) SBX_NX, void *user) noexcept {
    const std::optional<std::string> relative = net::safe_relative_path(text(name));
    if (!fn || !relative || relative->empty()) return SBX_EINVAL;
    const std::string &root = Instance::of(host).world_.share_directory;
    net::DiskFiles disk;
    const net::FileStamp stamp = disk.stamp(root, *relative);
    if (stamp.kind != net::FileStamp::Kind::file) return SBX_ENOENT;
    if (stamp.size > limits::kAssetMax) return SBX_ETOOBIG;
    const std::optional<std::string> bytes = disk.read(root, *relative, limits::kAssetMax);
    if (!bytes) return SBX_ENOENT;
    fn(user, {bytes->data(), bytes->size()});
    return SBX_OK;
  }
};

const sbx_asset kHostAsset{sizeof(sbx_asset), 0, HostAsset::load};

}  // namespace signalbox
