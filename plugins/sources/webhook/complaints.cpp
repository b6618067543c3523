#include "plugins/sources/webhook/complaints.hpp"

#include <string>

namespace webhook {

void Complaints::add(const char *kind, int64_t now_ns, std::string_view text) {
  constexpr int64_t kIntervalNs = 10 * sbx::kSecondNs;
  Kind &k = kinds_[kind];
  if (now_ns < k.next_ns) {
    ++k.left_out;
    return;
  }
  std::string line(text);
  if (k.left_out > 0) line += " (and " + std::to_string(k.left_out) + " more like this)";
  k = {now_ns + kIntervalNs, 0};
  host_.log(SBX_WARN, line);
}

}  // namespace webhook
