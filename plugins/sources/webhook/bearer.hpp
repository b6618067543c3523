// The keys that a request may show as `Authorization: Bearer KEY` (RFC 6750 section 2.1).  Pure, any thread.
#pragma once
#include <cstddef>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace webhook {

class BearerKeys {
 public:
  // REQUIRES: no key is empty
  explicit BearerKeys(std::vector<std::string> keys) : keys_(std::move(keys)) {}
  // nullptr: it shows one of the keys, and `place` is which one, from 1 on.  Else why not, in words for the log; the
  // answer does not tell them apart.
  const char *refuse(const sbx_request &request, size_t *place = nullptr) const;
  size_t size() const { return keys_.size(); }

 private:
  std::vector<std::string> keys_;
};

}  // namespace webhook
