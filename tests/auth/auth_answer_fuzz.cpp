// The body of an endpoint's answer.  Who is admitted to a presence channel has a name and can be shown as one JSON
// object within the host's limits.
#include <cstdint>
#include <cstdlib>
#include <sbx/json_scan.hpp>
#include <string_view>

#include "plugins/filters/auth/laravel_answer.hpp"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string_view body(reinterpret_cast<const char *>(data), size);
  check(auth::judge_body(body, false).member.empty());
  const auth::Judgement judged = auth::judge_body(body, true);
  if (!judged.admitted) {
    check(!judged.reason.empty() && judged.member.empty());
    return 0;
  }
  check(!judged.principal.empty() && judged.principal.size() <= SBX_PRINCIPAL_MAX);
  check(sbx::json::valid_utf8(judged.principal));
  check(judged.member.size() <= SBX_MEMBER_MAX);
  sbx::json::Reader r(judged.member);
  check(r.kind() == sbx::json::Kind::kObject);
  r.skip();
  check(r.finish());
  return 0;
}
