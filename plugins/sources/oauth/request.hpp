// A request of this source: its head, kept until the body is whole, and the body.  Values; any thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oauth {

struct Request {
  uint32_t flags = 0;
  std::string method, path, query, peer, host, origin;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case, in the order sent
  std::string body;
};
Request copy_head(const sbx_request &request);

// The same as the host would lend it.  REQUIRES: the request outlives this and does not change
class RequestView {
 public:
  explicit RequestView(const Request &request);
  const sbx_request &get() const { return head_; }

 private:
  std::vector<sbx_attr> headers_;
  sbx_request head_{};
};

// The one value of a header that must not come twice; empty when it is missing or repeated.
std::string_view only_header(const Request &request, std::string_view lower_name);
// The one cookie of this name (RFC 6265 section 5.4); empty when it is missing, or comes twice: then a neighbouring
// domain may have set the other one.
std::string_view only_cookie(const Request &request, std::string_view name);

}  // namespace oauth
