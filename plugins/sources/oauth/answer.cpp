#include "plugins/sources/oauth/answer.hpp"

#include <sbx/json_text.hpp>

namespace oauth {

Answer json_answer(uint32_t status, std::string json) { return {status, "application/json", std::move(json)}; }

Answer json_refusal(uint32_t status, std::string_view code, std::string_view message) {
  std::string body = R"({"error":{"code":)";
  sbx::json::append_quoted(body, code);
  body += R"(,"message":)";
  sbx::json::append_quoted(body, message);
  body += "}}";
  return json_answer(status, std::move(body));
}

}  // namespace oauth
