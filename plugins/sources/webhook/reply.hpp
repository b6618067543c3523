// An answer to a request, whole, with the one header that its status asks for.  A value; any thread.
#pragma once
#include <cstdint>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

namespace webhook {

struct Reply {
  uint32_t status = 0;
  const char *outcome = "";  // a literal: the error's `code`, the label in metrics
  std::string body;
  std::string detail = {};  // for the log, where it says more than the client is told; empty = nothing to complain of
  std::string content_type = "application/json";  // empty = none
  std::string allow = "POST";                     // what a 405 says may be done
  bool to_provider = false;                       // a provider has no use for a hint how to show a key
  std::string about = {};                         // for the log: what it was that was taken
  bool untold = false;                            // the log has no room for that, and has counted it: there is no text
};

// 200.  REQUIRES: `json` is JSON
Reply accepted(std::string json);
// {"error":{"code":…,"message":…}}.  REQUIRES: `code` is a literal, `message` is UTF-8
Reply refusal(uint32_t status, const char *code, std::string_view message, std::string_view detail = {});

// REQUIRES: nothing was answered to `request` yet
void send(sbx::Host host, const sbx_http &http, sbx_id request, const Reply &reply);

}  // namespace webhook
