// Any bytes: a cursor or none; what is one is written again byte for byte.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/event/position.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string_view given(reinterpret_cast<const char *>(data), size);
  const auto position = signalbox::parse_cursor(given);
  if (!position) return 0;
  const auto text = signalbox::cursor_text(*position);
  if (given != std::string_view(text.data(), text.size())) std::abort();
  return 0;
}
