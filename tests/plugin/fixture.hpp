// The modules that tests/abi builds, and a folder of one's own to put files into.
#pragma once
#include <string>
#include <string_view>

// Path of a fixture module: fixture("good") is .../good.so.
std::string fixture(std::string_view name);
std::string read_file(const std::string &path);

// An empty folder, removed with everything in it at the end.
class Folder {
 public:
  Folder();
  Folder(const Folder &) = delete;
  Folder &operator=(const Folder &) = delete;
  ~Folder();
  const std::string &path() const { return path_; }
  // Writes a file; its path.
  std::string write(std::string_view name, std::string_view bytes) const;
  // Copies a fixture module; its path.
  std::string put(std::string_view fixture_name, std::string_view as = {}) const;

 private:
  std::string path_;
};
