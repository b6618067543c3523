// An answer to a request, whole, with the one header that its status asks for.  A value; any thread.
#pragma once
#include <cstdint>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

namespace echo_api {

struct Reply {
  uint32_t status = 0;
  const char *outcome = "";  // a literal: the label in metrics
  std::string body;          // JSON
  std::string detail = {};   // for the log; empty = nothing to complain of
  const char *allow = "";    // what a 405 says may be done
};

// 200.  REQUIRES: `outcome` is a literal, `json` is JSON
Reply answer(const char *outcome, std::string json);
// {"error":…}.  REQUIRES: `outcome` is a literal, `message` is UTF-8
Reply refusal(uint32_t status, const char *outcome, std::string_view message, std::string_view detail = {});

// REQUIRES: nothing was answered to `request` yet
void send(sbx::Host host, const sbx_http &http, sbx_id request, const Reply &reply);

}  // namespace echo_api
