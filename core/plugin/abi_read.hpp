// Reading a struct that a plugin gave us (rule R5): an older plugin's is shorter than ours, a newer one's is longer.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstring>

namespace signalbox {

template <class T>
T read_table(const T &given) {
  T known{};
  std::memcpy(&known, &given, std::min<size_t>(given.size, sizeof known));
  return known;
}

}  // namespace signalbox
