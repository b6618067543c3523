// A ticket in the first line, claims in the rest.  What parses as a ticket has one meaning only; claims that are read
// name a principal within bounds, and a member only with one.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <sbx/json_scan.hpp>
#include <sbx/sbx.hpp>
#include <string_view>

#include "plugins/filters/auth/ticket_text.hpp"
#include "plugins/filters/auth/token_claims.hpp"
#include "plugins/filters/auth/token_keys.hpp"

namespace {

void want(bool holds) {
  if (!holds) std::abort();
}

void judge_ticket(std::string_view text) {
  const auto ticket = auth::parse_ticket(text);
  if (!ticket) return;
  want(ticket->mac.size() == 32 && ticket->expires_s > 0);
  want(ticket->expiry == std::to_string(ticket->expires_s));
  want(text.size() == ticket->expiry.size() + 65);
}

bool is_json(std::string_view text) {
  sbx::json::Reader reader(text);
  reader.skip();
  return reader.finish();
}

void judge_claims(std::string_view text) {
  for (const char *place : {"sub", "/a", "/a/0", "channels"}) {
    const auto read = auth::read_token_claims(text, {place, "/info", place}, "private-a");
    if (!read) continue;
    want(read->principal.size() <= SBX_PRINCIPAL_MAX);
    want(read->principal.empty() == read->member.empty());
    want(read->member.empty() || is_json(read->member));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string_view input(reinterpret_cast<const char *>(data), size);
  const std::string_view line = input.substr(0, input.find('\n'));
  judge_ticket(line);
  judge_ticket(input);
  judge_claims(input.substr(std::min(line.size() + 1, input.size())));
  if (const auto keys = auth::read_public_keys(input)) want(keys->size() > 0 && keys->size() <= jose::kKeysMax);
  return 0;
}
