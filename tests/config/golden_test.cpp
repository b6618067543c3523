// Every tests/golden/config/NAME.yaml has NAME.expected beside it: what `check` says of it.  SIGNALBOX_GOLDEN_WRITE=1
// writes what is said now; read the difference before it is kept.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/config/fake_world.hpp"

namespace signalbox::config {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path &path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string said_of(const fs::path &yaml) {
  Diagnostics diagnostics;
  std::optional<Model> model =
      load(yaml.filename().string(), read(yaml), FakeCatalog(), fake_environment(), diagnostics);
  REQUIRE(model.has_value() == !diagnostics.failed());
  std::string text = diagnostics.text();
  return text.empty() ? "fine\n" : text;
}

std::vector<std::string> lines(const std::string &text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

// Line by line from the first that differs.
std::string difference(const std::string &expected, const std::string &now) {
  std::vector<std::string> a = lines(expected);
  std::vector<std::string> b = lines(now);
  std::string out;
  for (size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    if (i < a.size() && i < b.size() && a[i] == b[i]) continue;
    if (i < a.size()) out += "- " + a[i] + '\n';
    if (i < b.size()) out += "+ " + b[i] + '\n';
  }
  return out;
}

std::vector<fs::path> cases() {
  std::vector<fs::path> out;
  for (const auto &entry : fs::directory_iterator(fs::path(SIGNALBOX_SOURCE_DIR) / "tests/golden/config")) {
    if (entry.path().extension() == ".yaml") out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

TEST_CASE("every golden configuration is answered as it was read and approved") {
  bool write = std::getenv("SIGNALBOX_GOLDEN_WRITE") != nullptr;
  std::vector<fs::path> all = cases();
  CHECK(all.size() >= 45);
  for (const fs::path &yaml : all) {
    fs::path expected = yaml;
    expected.replace_extension(".expected");
    std::string now = said_of(yaml);
    if (write) std::ofstream(expected, std::ios::binary) << now;
    std::string diff = difference(read(expected), now);
    CHECK_MESSAGE(diff.empty(), yaml.filename().string(), ":\n", diff);
  }
}

TEST_CASE("no golden answer has a value from the environment or a secret from the file") {
  for (const fs::path &yaml : cases()) {
    std::string now = said_of(yaml);
    for (const char *secret : {"hunter2", "from-the-file", "sw0rdfish"}) {
      CHECK_MESSAGE(now.find(secret) == std::string::npos, yaml.filename().string(), " tells ", secret);
    }
  }
}

}  // namespace signalbox::config
