#include "plugins/sinks/sse/text.hpp"

#include <algorithm>

namespace sse {

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace sse
