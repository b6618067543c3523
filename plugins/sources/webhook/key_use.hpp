// Which of several keys fitted, counted by its id or its place in the list: when an old one fits no more it can go. One
// to an instance; lane only.
#pragma once
#include <cstddef>
#include <map>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

namespace webhook {

class KeyUse {
 public:
  explicit KeyUse(sbx::Host host) : host_(host) {}
  // `place` from 1 on; 0 = nothing was told apart.  One key alone is not worth a series.
  void count(size_t place, size_t keys, std::string_view id);

 private:
  // Ids come from the configuration, which may change with every reload.
  static constexpr size_t kSeriesMax = 64;
  sbx::Host host_;
  std::map<std::string, sbx::Metric, std::less<>> fits_;
};

}  // namespace webhook
