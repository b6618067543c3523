// Where a browser may be sent when its login is over.  Immutable; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oauth {

// "https://host" or "https://host:port": exactly that, in lower case, as browsers write it in the Origin header
// (RFC 6454 section 6.1); http for development.
bool is_origin(std::string_view text);
// The origin at the beginning of a URL; empty when it has none, or names a user.
std::string_view origin_of(std::string_view url);

class ReturnTo {
 public:
  // REQUIRES: is_origin() of all of them
  ReturnTo(std::string own_origin, std::vector<std::string> origins);
  // The whole URL, or nothing: it leads elsewhere, or a browser might read it as if it did.
  std::optional<std::string> resolve(std::string_view wanted) const;

 private:
  std::string own_;
  std::vector<std::string> origins_;
};

}  // namespace oauth
