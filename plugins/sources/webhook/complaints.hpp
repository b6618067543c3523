// Which of many equal complaints reach the log: of each kind the first, then at most one per interval with the number
// that was left out.  One to an instance; lane only.
#pragma once
#include <cstdint>
#include <map>
#include <sbx/sbx.hpp>
#include <string_view>

namespace webhook {

class Complaints {
 public:
  explicit Complaints(sbx::Host host) : host_(host) {}
  // REQUIRES: `kind` is a literal: there are as many kinds as the program names
  void add(const char *kind, int64_t now_ns, std::string_view text);

 private:
  struct Kind {
    int64_t next_ns = INT64_MIN;
    uint64_t left_out = 0;
  };
  sbx::Host host_;
  std::map<std::string_view, Kind> kinds_;
};

}  // namespace webhook
