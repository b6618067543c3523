#include "core/log/stored_streams.hpp"

#include <functional>

namespace signalbox {

template <class Each>
bool StoredStreams::probe(uint32_t scope, std::string_view channel, Each each) {
  const uint64_t hash = (std::hash<std::string_view>{}(channel) ^ (scope + 1) * 0x9e3779b97f4a7c15u);
  const uint64_t step = (hash >> 32) | 1;  // odd: all probes differ
  for (int i = 0; i < kProbes; ++i)
    if (!each((hash + static_cast<uint64_t>(i) * step) % kBits)) return false;
  return true;
}

void StoredStreams::add(uint32_t scope, std::string_view channel) {
  bits_.resize(kBits / 64);
  probe(scope, channel, [&](size_t bit) {
    bits_[bit / 64] |= uint64_t{1} << bit % 64;
    return true;
  });
}

bool StoredStreams::may_have(uint32_t scope, std::string_view channel) const {
  if (bits_.empty()) return false;
  return probe(scope, channel, [&](size_t bit) { return (bits_[bit / 64] >> bit % 64 & 1) != 0; });
}

}  // namespace signalbox
