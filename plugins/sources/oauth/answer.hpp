// Answer: what this source says to one HTTP request.  A value; front.cpp sends it and adds `Cache-Control: no-store`,
// `Referrer-Policy: no-referrer` and `X-Content-Type-Options: nosniff`, which every answer here has.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oauth {

struct Answer {
  uint32_t status = 200;
  std::string content_type, body;
  std::vector<std::pair<std::string, std::string>> headers = {};  // names in lower case
};

Answer json_answer(uint32_t status, std::string json);
// {"error":{"code":...,"message":...}}
Answer json_refusal(uint32_t status, std::string_view code, std::string_view message);

}  // namespace oauth
