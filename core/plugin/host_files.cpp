// sbx.files/1: files that the configuration names.
#include "core/event/event.hpp"
#include "core/net/named_files.hpp"
#include "core/plugin/instance.hpp"

namespace signalbox {
namespace {

sbx_status status_of(net::NamedFiles::Read result) {
  switch (result) {
    case net::NamedFiles::Read::ok:
      return SBX_OK;
    case net::NamedFiles::Read::missing:
      return SBX_ENOENT;
    case net::NamedFiles::Read::forbidden:
      return SBX_EREFUSED;
    case net::NamedFiles::Read::too_big:
      return SBX_ETOOBIG;
    case net::NamedFiles::Read::not_regular:
      return SBX_EINVAL;
    case net::NamedFiles::Read::failed:
      return SBX_EINTERNAL;
  }
  return SBX_EINTERNAL;
}

bool is_path(std::string_view path) { return !path.empty() && path.find('\0') == std::string_view::npos; }

}  // namespace

struct HostFiles {
  static net::NamedFiles &of(Instance &self) {
    if (!self.files_) self.files_ = std::make_unique<net::NamedFiles>(self.lane_.lane);
    return *self.files_;
  }

  static sbx_status read(const sbx_host *host, sbx_str path, void (*fn)(void *, sbx_str) SBX_NX, void *user) noexcept {
    if (!fn || !is_path(text(path))) return SBX_EINVAL;
    std::string bytes;
    const sbx_status status = status_of(of(Instance::of(host)).read(std::string(text(path)), bytes));
    if (status == SBX_OK) fn(user, {bytes.data(), bytes.size()});
    return status;
  }

  static sbx_id watch(const sbx_host *host, sbx_str path, void (*fn)(void *, sbx_id) SBX_NX, void *user) noexcept {
    if (!fn || !is_path(text(path))) return 0;
    return of(Instance::of(host)).watch(std::string(text(path)), [fn, user](uint64_t id) { fn(user, id); });
  }
};

const sbx_files kHostFiles{sizeof(sbx_files), 0, HostFiles::read, HostFiles::watch};

}  // namespace signalbox
