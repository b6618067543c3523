// One HTTP/1.1 request as a file holds it, captured by whatever tool.  Read by the listener's own parser, after two
// things were mended that captures often lack: carriage returns, and the length of the body.  Pure; any thread.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <sbx/sbx.h>

#include "core/net/http_head.hpp"

namespace signalbox {

struct RawRequest {
  net::HttpHead head;
  std::string body;
  int status = 0;      // other than 0: no request, and what a listener would answer
  std::string reason;  // ... in words
};

RawRequest read_raw_request(std::string bytes);

// As a plugin is shown it.  REQUIRES: `request` and `headers` outlive it
sbx_request as_plugins_see(const RawRequest &request, std::vector<sbx_attr> &headers);

}  // namespace signalbox
