// Any bytes as a plugin file: an answer, never a fault.  What is accepted must make sense.
#include <cstdint>
#include <cstdlib>

#include "core/base/limits.hpp"
#include "core/plugin/elf.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto elf = signalbox::read_elf({reinterpret_cast<const char *>(data), size});
  if (!elf.ok()) {
    if (elf.message().empty()) std::abort();
    return 0;
  }
  if (elf->needed.size() > signalbox::limits::kModuleNeededMax) std::abort();
  if (elf->majors.size() > signalbox::limits::kModuleMajorsMax) std::abort();
  for (const std::string &name : elf->needed) {
    if (name.size() > size || name.find('\0') != name.npos) std::abort();
  }
  return 0;
}
