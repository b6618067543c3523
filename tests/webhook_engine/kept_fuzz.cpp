// Any bytes as a kept request: what can be read is written again as something that reads the same.
#include <cstdlib>

#include "plugins/sources/webhook/kept_request.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const auto first = webhook::read_kept({reinterpret_cast<const char *>(data), size});
  if (!first) return 0;
  const auto kept = webhook::keep_request(*first, webhook::Preset{}, 7);
  if (!kept) return 0;  // at the edge of its limits
  const auto second = webhook::read_kept(*kept);
  if (!second || second->method != first->method || second->path != first->path || second->query != first->query ||
      second->body != first->body)
    std::abort();
  return 0;
}
