#include "tests/plugin/fixture.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace fs = std::filesystem;

std::string fixture(std::string_view name) { return std::string(PLUGIN_FIXTURES "/") + std::string(name) + ".so"; }

std::string read_file(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

Folder::Folder() {
  std::string name = (fs::temp_directory_path() / "signalbox_plugin_XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string Folder::write(std::string_view name, std::string_view bytes) const {
  std::string path = path_ + "/" + std::string(name);
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return path;
}

std::string Folder::put(std::string_view fixture_name, std::string_view as) const {
  return write(std::string(as.empty() ? fixture_name : as) + ".so", read_file(fixture(fixture_name)));
}
