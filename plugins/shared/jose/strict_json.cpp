#include <set>
#include <string>
#include <vector>

#include "plugins/shared/jose/strict_json_impl.hpp"

namespace jose {
namespace {

using Json = nlohmann::json;

// Watches the parser's events.  What is wrong is remembered; the parser itself ends at the end of the bounded text.
class Watcher {
 public:
  bool operator()(int depth, Json::parse_event_t event, Json &parsed) {
    switch (event) {
      case Json::parse_event_t::object_start:
        names_.emplace_back();
        good_ = good_ && depth < kJsonDepthMax;
        break;
      case Json::parse_event_t::array_start:
        good_ = good_ && depth < kJsonDepthMax;
        break;
      case Json::parse_event_t::object_end:
        names_.pop_back();
        break;
      case Json::parse_event_t::key:
        good_ = names_.back().insert(parsed.get<std::string>()).second && good_;
        break;
      case Json::parse_event_t::array_end:
      case Json::parse_event_t::value:
        break;
    }
    return true;
  }
  bool good() const { return good_; }

 private:
  std::vector<std::set<std::string>> names_;
  bool good_ = true;
};

}  // namespace

std::optional<Json> parse_strictly(std::string_view text, size_t bytes_max) {
  // A byte order mark would be skipped by the parser (RFC 8259 section 8.1 lets a reader do either).
  if (text.size() > bytes_max || text.starts_with("\xEF\xBB\xBF")) return std::nullopt;
  Watcher watcher;
  auto document = Json::parse(
      text.begin(), text.end(),
      [&](int depth, Json::parse_event_t event, Json &parsed) { return watcher(depth, event, parsed); }, false);
  if (document.is_discarded() || !watcher.good()) return std::nullopt;
  return document;
}

}  // namespace jose
