// Any bytes as a configuration file: an answer, in bounded time and memory.  What is said must be printable and, when
// there is a model, there must be no error.
#include <cstdint>
#include <cstdlib>

#include "core/config/text.hpp"
#include "tests/config/fake_world.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  using namespace signalbox::config;
  static const FakeCatalog catalog;
  static const Environment environment = fake_environment();
  std::string_view text(reinterpret_cast<const char *>(data), size);
  Diagnostics diagnostics;
  std::optional<Model> model = load("fuzz.yaml", text, catalog, environment, diagnostics);
  if (model.has_value() == diagnostics.failed()) std::abort();
  std::string said = diagnostics.text();
  if (utf8_prefix(said) != said.size()) std::abort();
  for (char c : said) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n') std::abort();
  }
  if (said.find("hunter2") != std::string::npos && text.find("hunter2") == std::string_view::npos) std::abort();
  std::string json = diagnostics.json();
  if (utf8_prefix(json) != json.size()) std::abort();
  return 0;
}
