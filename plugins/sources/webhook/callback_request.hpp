// A request as the engine judges it: what the host lent of its head, kept until the body is whole.  A value; any
// thread.
#pragma once
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace webhook {

struct CallbackRequest {
  std::string method, path, query;                           // as sent; the query without '?'
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case, in the order sent
  std::string body;
};

CallbackRequest copy_head(const sbx_request &request);

}  // namespace webhook
