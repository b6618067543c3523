// What a provider's server answered, judged: an object of strict JSON that fulfils the conditions, or why not in our
// own words.  Pure, any thread.  Inside this folder only, because of nlohmann.
#pragma once
#include <nlohmann/json.hpp>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

#include "plugins/sources/oauth/provider.hpp"

namespace oauth {

inline constexpr size_t kAnswerBytesMax = 64 * 1024;

struct Judged {
  nlohmann::json object;       // without a reason
  std::string reason, detail;  // see ExchangeResult
  bool ok() const { return reason.empty(); }
};

// `what` is the endpoint for the detail: "token endpoint".
Judged judge_answer(const Provider &provider, std::string_view what, const sbx_fetched &answer);

// What stands at a pointer; nullptr: nothing, or it is no pointer.
const nlohmann::json *find_at(const nlohmann::json &object, std::string_view pointer);
// Text at a pointer: a string as it is, a whole number as its digits; empty for everything else.
std::string text_at(const nlohmann::json &object, std::string_view pointer);
// Text with {client_id} and {/pointer} put in; nothing when one of them is not there.
std::optional<std::string> filled(std::string_view text, const Provider &provider, const nlohmann::json &object);

}  // namespace oauth
