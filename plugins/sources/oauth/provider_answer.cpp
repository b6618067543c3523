#include <algorithm>
#include <array>

#include "plugins/shared/jose/strict_json_impl.hpp"
#include "plugins/sources/oauth/provider_answer_impl.hpp"

namespace oauth {
namespace {

using Json = nlohmann::json;

// The errors that are worth their name in the log; every other text of a provider stays outside.  RFC 6749 section 5.2,
// RFC 6750 section 3.1, and GitHub's.
constexpr std::array<std::string_view, 11> kKnownErrors = {"invalid_request",        "invalid_client",
                                                           "invalid_grant",          "unauthorized_client",
                                                           "unsupported_grant_type", "invalid_scope",
                                                           "invalid_token",          "insufficient_scope",
                                                           "bad_verification_code",  "incorrect_client_credentials",
                                                           "redirect_uri_mismatch"};
// WeChat's numbers have five digits; longer ones might be anything.
constexpr int64_t kErrorNumberMax = 999'999;

bool holds(const Condition &condition, const Json &object) {
  const Json *value = find_at(object, condition.pointer);
  if (!value) return condition.absent;
  return condition.value && *value == Json::parse(*condition.value, nullptr, false);
}

std::string known_error(const Json &object) {
  const auto name = object.find("error"), number = object.find("errcode");
  if (name != object.end() && name->is_string()) {
    const auto *const known = std::find(kKnownErrors.begin(), kKnownErrors.end(), name->get_ref<const std::string &>());
    if (known != kKnownErrors.end()) return " (" + std::string(*known) + ")";
  }
  if (number != object.end() && number->is_number_integer() && *number >= -kErrorNumberMax &&
      *number <= kErrorNumberMax)
    return " (errcode " + std::to_string(number->get<int64_t>()) + ")";
  return {};
}

Judged failed(std::string reason, std::string_view what, std::string_view how) {
  return {{}, std::move(reason), "the " + std::string(what) + " " + std::string(how)};
}

Judged judge_failure(std::string_view what, sbx_status status) {
  switch (status) {
    case SBX_ETIMEOUT:
      return failed("timeout", what, "did not answer in time");
    case SBX_ETOOBIG:
      return failed("exchange_failed", what, "answered with more than 64 KiB");
    case SBX_EREFUSED:
      return failed("provider_error", what, "could not be reached, or its certificate is not good");
    default:
      return failed("provider_error", what, "broke off or did not speak HTTP");
  }
}

}  // namespace

Judged judge_answer(const Provider &provider, std::string_view what, const sbx_fetched &answer) {
  if (answer.status != SBX_OK) return judge_failure(what, answer.status);
  const std::string status = std::to_string(answer.http_status);
  if (answer.http_status >= 500) return failed("provider_error", what, "answered " + status);
  // A redirect would carry code and secret to a place that the configuration does not name.
  if (answer.http_status >= 300 && answer.http_status < 400)
    return failed("exchange_failed", what, "answered with a redirect (" + status + "), which is not followed");
  auto object = jose::parse_strictly(sbx::view(answer.body), kAnswerBytesMax);
  const bool whole = object && object->is_object();
  if (answer.http_status != 200 && answer.http_status != 201)
    return failed("exchange_failed", what, "answered " + status + (whole ? known_error(*object) : ""));
  if (!whole) return failed("exchange_failed", what, "answered with something that is no JSON object");
  for (const Condition &condition : provider.success_when)
    if (!holds(condition, *object)) return failed("exchange_failed", what, "refused" + known_error(*object));
  return {std::move(*object), {}, {}};
}

const Json *find_at(const Json &object, std::string_view pointer) {
  try {
    const Json::json_pointer at{std::string(pointer)};
    return object.contains(at) ? &object.at(at) : nullptr;
  } catch (const Json::exception &) {
    return nullptr;  // an index with a leading zero, or beyond all numbers
  }
}

std::string text_at(const Json &object, std::string_view pointer) {
  const Json *value = find_at(object, pointer);
  if (!value) return {};
  if (value->is_string()) return value->get<std::string>();
  return value->is_number_integer() ? value->dump() : std::string();
}

std::optional<std::string> filled(std::string_view text, const Provider &provider, const Json &object) {
  std::string out;
  while (!text.empty()) {
    const size_t open = std::min(text.find('{'), text.size());
    const size_t close = text.find('}', open);
    if (close == std::string_view::npos) return out.append(text);
    out += text.substr(0, open);
    const std::string_view name = text.substr(open + 1, close - open - 1);
    const std::string value = name == "client_id" ? provider.client_id : text_at(object, name);
    if (value.empty()) return std::nullopt;
    out += value;
    text.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace oauth
