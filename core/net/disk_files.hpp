// DiskFiles: the FileReader of the real disk.  Stateless; any thread.
#pragma once
#include "core/net/static_files.hpp"

namespace signalbox::net {

class DiskFiles final : public FileReader {
 public:
  FileStamp stamp(const std::string &root, const std::string &relative) override;
  std::optional<std::string> read(const std::string &root, const std::string &relative, size_t size_max) override;
};

}  // namespace signalbox::net
