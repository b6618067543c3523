#include "plugins/filters/auth/laravel_answer.hpp"

#include <algorithm>
#include <optional>
#include <sbx/json_scan.hpp>
#include <string>

#include "plugins/filters/auth/header_text.hpp"

namespace auth {
namespace {

using sbx::json::Kind;
using sbx::json::Reader;

constexpr int kDepthMax = 32;  // of what an application tells of a user
constexpr uint32_t kForbidden = 403, kUnauthorized = 401, kNobodyAsked = 0, kBadGateway = 502;

// JSON without the blanks between its tokens.  REQUIRES: `json` came from a Reader
std::string compact(std::string_view json) {
  std::string out;
  bool text = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (text && c == '\\') {
      out.append(json.substr(i++, 2));
      continue;
    }
    if (c == '"') text = !text;
    if (text || (c != ' ' && c != '\t' && c != '\n' && c != '\r')) out += c;
  }
  return out;
}

// The raw text of a member of the object that `json` is, the last one of that name as PHP and browsers take it;
// nothing: there is none, or it is no object.
std::optional<std::string_view> member_of(std::string_view json, std::string_view name) {
  Reader r(json, kDepthMax);
  if (r.kind() != Kind::kObject) return std::nullopt;
  std::optional<std::string_view> found;
  r.enter();
  for (std::string_view key; r.member(key);) {
    const std::string_view value = r.skip();
    if (sbx::json::equals(key, name)) found = value;
  }
  return r.finish() ? found : std::nullopt;
}

// Who a `user_id` is: a text, or a whole number as text.  Empty: neither, or not to be used as a name.
std::string principal_of(std::string_view user_id) {
  std::string out;
  if (user_id.starts_with('"')) {
    sbx::json::append_decoded(out, user_id);
  } else {
    const std::string_view digits = user_id.substr(user_id.starts_with('-') ? 1 : 0);
    if (!digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos) out = user_id;
  }
  return out.size() <= SBX_PRINCIPAL_MAX && fits_a_header(out) ? out : std::string();
}

struct Person {
  std::string principal, member;
};

// Of `channel_data`, an object or (pusher, reverb) a text with one in it.
std::optional<Person> person_of(std::string_view channel_data) {
  std::string inner;
  if (channel_data.starts_with('"')) {
    sbx::json::append_decoded(inner, channel_data);
    channel_data = inner;
  }
  const auto user_id = member_of(channel_data, "user_id");
  if (!user_id) return std::nullopt;
  Person person;
  person.principal = principal_of(*user_id);
  const auto user_info = member_of(channel_data, "user_info");
  person.member = "{\"user_id\":" + std::string(*user_id) +
                  ",\"user_info\":" + (user_info ? compact(*user_info) : std::string("{}")) + "}";
  if (person.principal.empty() || person.member.size() > SBX_MEMBER_MAX) return std::nullopt;
  return person;
}

Judgement by_status(uint32_t status) {
  if (status >= 300 && status < 400) return refusal("redirect", kUnauthorized, status);
  if (status == 401) return refusal("unauthorized", kUnauthorized, status);
  if (status == 403) return refusal("forbidden", kForbidden, status);
  if (status == 404) return refusal("not_found", kForbidden, status);
  if (status == 419) return refusal("page_expired", status, status);
  if (status == 429) return refusal("too_many", status, status);
  if (status >= 500 && status < 600) return refusal("server_error", status, status);
  return refusal("other_status", kForbidden, status);
}

Judgement unanswered(sbx_status why) {
  if (why == SBX_ETIMEOUT) return refusal("timeout", kNobodyAsked);
  if (why == SBX_ETOOBIG) return refusal("answer_too_big", kBadGateway);
  if (why == SBX_EPROTO) return refusal("bad_answer", kBadGateway);
  return refusal("unreachable", kNobodyAsked);
}

}  // namespace

Judgement refusal(std::string_view reason, uint32_t code, uint32_t http_status) {
  Judgement out;
  out.reason = reason;
  out.code = code;
  out.http_status = http_status;
  return out;
}

Judgement judge_body(std::string_view body, bool presence) {
  constexpr std::string_view kBlanks = " \t\r\n", kByteOrderMark = "\xEF\xBB\xBF";
  if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
  const size_t first = std::min(body.find_first_not_of(kBlanks), body.size());
  const std::string_view said = body.substr(first, body.find_last_not_of(kBlanks) + 1 - first);
  if (said == "false") return refusal("said_false", kForbidden, 200);
  // A login page that was served with 200: whoever gets it is not logged in.
  if (said.starts_with('<')) return refusal("page", kUnauthorized, 200);
  Judgement out;
  out.admitted = true;
  out.http_status = 200;
  const auto channel_data = member_of(said, "channel_data");
  const auto person = channel_data ? person_of(*channel_data) : std::nullopt;
  if (person) {
    out.principal = person->principal;
    if (presence) out.member = person->member;
  } else if (presence) {
    return refusal(channel_data ? "bad_member" : "no_member", kForbidden, 200);
  }
  return out;
}

Judgement judge_answer(const sbx_fetched &fetched, bool presence) {
  if (fetched.status != SBX_OK) return unanswered(fetched.status);
  if (fetched.http_status != 200) return by_status(fetched.http_status);
  return judge_body(sbx::view(fetched.body), presence);
}

}  // namespace auth
