// FakeFiles: sbx.files/1 in memory.  The test is the disk: it puts and removes files, and the plugin that watches them
// hears of it in the next turn().
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake_host.hpp"

namespace sbx::testing {

class FakeFiles {
 public:
  explicit FakeFiles(FakeHost &host) : host_(host) { host.provide(SBX_FILES, table()); }

  // A file is new or is replaced: also by the same bytes.
  void put(std::string_view path, std::string_view bytes) { change(path) = {SBX_OK, std::string(bytes)}; }
  // Watchers hear nothing of it, as from the real one; they do when it comes back.
  void remove(std::string_view path) { files_[std::string(path)].content = {SBX_ENOENT, {}}; }
  // It is there, but reading it is answered so: EREFUSED, EINVAL.
  void refuse(std::string_view path, sbx_status why) { change(path) = {why, {}}; }
  size_t watches() const { return watches_.size(); }

 private:
  static constexpr size_t kFileMax = 1u << 20, kWatchesMax = 1024;
  struct Content {
    sbx_status answer = SBX_ENOENT;
    std::string bytes;
  };
  struct File {
    Content content;
    uint64_t version = 0;
    uint64_t seen = 0;   // the version that was read or told last
    bool known = false;  // it was read or is watched
  };
  struct Watch {
    std::string path;
    void (*fn)(void *, sbx_id) SBX_NX;
    void *user;
  };

  static FakeFiles &at(const sbx_host *h) { return FakeHost::at(h).part<FakeFiles>(); }
  Content &change(std::string_view path) {
    File &file = files_[std::string(path)];
    ++file.version;
    host_.later([this, name = std::string(path)] { tell(name); });
    return file.content;
  }
  void tell(const std::string &path) {
    File &file = files_[path];
    if (file.content.answer == SBX_ENOENT || file.seen == file.version) return;
    file.seen = file.version;
    for (size_t i = 0; i < watches_.size(); ++i) {  // by index: a watcher may watch more
      const Watch w = watches_[i];
      if (w.path == path) host_.call([&] { w.fn(w.user, i + 1); });
    }
  }
  sbx_status read(std::string_view path, void (*fn)(void *, sbx_str) SBX_NX, void *user) {
    const auto found = files_.find(std::string(path));
    if (path.empty() || path.find('\0') != std::string_view::npos) return SBX_EINVAL;
    if (found == files_.end()) return SBX_ENOENT;
    File &file = found->second;
    file.seen = file.version;
    file.known = true;
    if (file.content.answer != SBX_OK) return file.content.answer;
    if (file.content.bytes.size() > kFileMax) return SBX_ETOOBIG;
    const Lent bytes(file.content.bytes);
    fn(user, bytes.str());  // a visitor: the one kind of call that R3 allows here
    return SBX_OK;
  }
  sbx_id watch(std::string_view path, void (*fn)(void *, sbx_id) SBX_NX, void *user) {
    if (path.empty() || path.find('\0') != std::string_view::npos || watches_.size() >= kWatchesMax) return 0;
    watches_.push_back({std::string(path), fn, user});
    File &file = files_[std::string(path)];
    if (!std::exchange(file.known, true)) file.seen = file.version;
    return watches_.size();
  }
  static const sbx_files *table() {
    static const sbx_files t{sizeof(sbx_files), 0,
                             [](const sbx_host *h, sbx_str path, void (*fn)(void *, sbx_str) SBX_NX,
                                void *user) noexcept -> sbx_status { return at(h).read(view(path), fn, user); },
                             [](const sbx_host *h, sbx_str path, void (*fn)(void *, sbx_id) SBX_NX,
                                void *user) noexcept -> sbx_id { return at(h).watch(view(path), fn, user); }};
    return &t;
  }

  FakeHost &host_;
  std::map<std::string, File> files_;
  std::vector<Watch> watches_;
};

}  // namespace sbx::testing
