// Which channels the store may have something of: a Bloom filter of fixed size, so that a channel nobody ever published
// to costs no look at the disk.  Never says no wrongly.  MemoryLog's lock guards it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace signalbox {

class StoredStreams {
 public:
  void add(uint32_t scope, std::string_view channel);
  bool may_have(uint32_t scope, std::string_view channel) const;

 private:
  // 1 MiB: with 500'000 channels one in about 40 is looked up in vain.
  static constexpr size_t kBits = size_t{1} << 23;
  static constexpr int kProbes = 4;
  template <class Each>
  static bool probe(uint32_t scope, std::string_view channel, Each each);
  std::vector<uint64_t> bits_;  // empty until there is something
};

}  // namespace signalbox
