// A look into a plugin file before it is loaded: dlopen runs a file's constructors before anybody can ask what it is,
// and takes the whole process down with a file that is cut short or built with another sanitizer.  A pure function
// over the file's bytes, which may be anything.  Reads what the dynamic loader reads (program headers and the dynamic
// segment), so a stripped file tells as much as any other.  System V ABI, "Object Files" and "Dynamic Linking".
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"

namespace signalbox {

struct ElfModule {
  std::vector<uint32_t> majors;     // N of every exported function sbx_module_vN, ascending
  std::vector<std::string> needed;  // shared libraries it names (DT_NEEDED), in order
  bool asan = false;                // built with AddressSanitizer
  bool tsan = false;                // built with ThreadSanitizer
};

// Why not is told as a clause about the file ("it is not an ELF file").
Result<ElfModule> read_elf(std::string_view bytes);

}  // namespace signalbox
