// What a scene login remembers of pushes: which came already, and who scanned how often.  Both bounded.  One of each to
// a ScenePush; lane only.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace oauth {

// The provider sends a push again until it is answered, and whoever captured one may do so too.  A push's own time is
// checked by its verifier, so what is older than twice that tolerance need not be remembered.
class SeenPushes {
 public:
  static constexpr size_t kPushesMax = 65'536;  // beyond that the oldest is forgotten
  static constexpr int64_t kKeptS = 600;

  // True for the first of its id.
  bool first(std::string_view id, int64_t now_s);
  size_t size() const { return ids_.size(); }

 private:
  std::unordered_set<std::string> ids_;                   // digests
  std::deque<std::pair<int64_t, std::string>> in_order_;  // when, and which
};

// Scans that may bind a wait, for each openid within a minute.
class ScanLimit {
 public:
  static constexpr size_t kScansMax = 5;
  static constexpr int64_t kWindowS = 60;
  static constexpr size_t kTotalMax = 65'536;  // within the window; beyond that nobody may

  bool allow(std::string_view openid, int64_t now_s);

 private:
  std::unordered_map<std::string, size_t> scans_;  // by openid
  std::deque<std::pair<int64_t, std::string>> in_order_;
};

}  // namespace oauth
