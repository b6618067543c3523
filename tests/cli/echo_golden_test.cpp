// Every tests/golden/import/NAME.json has NAME.yaml beside it: what `import` prints, its notes in front.
// SIGNALBOX_GOLDEN_WRITE=1 writes what is printed now; read the difference before it is kept.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "core/cli/echo_import.hpp"

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path &path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string printed_for(const fs::path &json) {
  const auto settings = signalbox::read_echo_settings(read(json));
  REQUIRE_MESSAGE(settings.ok(), json.filename().string(), ": ", settings.message());
  const signalbox::EchoImport imported = signalbox::import_echo(*settings);
  std::string out;
  for (const std::string &note : imported.notes) out += "# note: " + note + "\n";
  return out + imported.yaml;
}

}  // namespace

TEST_CASE("every golden laravel-echo-server.json is printed as it was read and approved") {
  const bool write = std::getenv("SIGNALBOX_GOLDEN_WRITE") != nullptr;
  size_t seen = 0;
  for (const auto &entry : fs::directory_iterator(fs::path(SIGNALBOX_SOURCE_DIR) / "tests/golden/import")) {
    if (entry.path().extension() != ".json") continue;
    ++seen;
    fs::path expected = entry.path();
    expected.replace_extension(".yaml");
    const std::string now = printed_for(entry.path());
    if (write) std::ofstream(expected, std::ios::binary) << now;
    CHECK_MESSAGE(read(expected) == now, entry.path().filename().string(), " is printed differently now:\n", now);
  }
  CHECK(seen >= 7);
}
