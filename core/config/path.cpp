#include "core/config/path.hpp"

#include <filesystem>

namespace signalbox::config {

std::string resolve_path(std::string_view file_name, std::string_view path) {
  std::filesystem::path folder = std::filesystem::path(file_name).parent_path();
  return (folder / std::filesystem::path(path)).lexically_normal().string();
}

}  // namespace signalbox::config
