// Any bytes as a laravel-echo-server.json: refused, or printed as YAML that reads again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/cli/echo_import.hpp"
#include "core/config/diagnose.hpp"
#include "core/config/parse.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const auto settings = signalbox::read_echo_settings({reinterpret_cast<const char *>(data), size});
  if (!settings.ok()) return 0;
  const signalbox::EchoImport imported = signalbox::import_echo(*settings);
  signalbox::config::Diagnostics diagnostics;
  diagnostics.open("printed.yaml", imported.yaml);
  const auto root = signalbox::config::parse(imported.yaml, diagnostics);
  // Control characters alone may be refused: as escapes they harm nothing.
  if (!root && imported.yaml.find("\\u") == std::string::npos) std::abort();
  return 0;
}
