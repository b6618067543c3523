#include "plugins/sources/webhook/callback_request.hpp"

namespace webhook {

CallbackRequest copy_head(const sbx_request &request) {
  CallbackRequest copy;
  copy.method = sbx::view(request.method);
  copy.path = sbx::view(request.path);
  copy.query = sbx::view(request.query);
  copy.headers.reserve(request.header_count);
  for (size_t i = 0; i < request.header_count; ++i)
    copy.headers.emplace_back(sbx::view(request.headers[i].key), sbx::view(request.headers[i].value));
  return copy;
}

}  // namespace webhook
