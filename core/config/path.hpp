// Paths in the configuration file.  Pure functions: nothing is opened.
#pragma once
#include <string>
#include <string_view>

namespace signalbox::config {

// `path` as it is meant in the file `file_name`: relative to that file's folder, "." and ".." folded.
std::string resolve_path(std::string_view file_name, std::string_view path);

}  // namespace signalbox::config
