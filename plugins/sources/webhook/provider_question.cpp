#include "plugins/sources/webhook/provider_question.hpp"

#include <algorithm>
#include <charconv>

#include "plugins/sources/webhook/json_body.hpp"

namespace webhook {
namespace {

// A provider that withdraws a certificate or a token is heard within this time.
constexpr int64_t kCertificateKeepS = 6 * 3600;
constexpr int64_t kTokenKeepS = 3600;
// Taken off a token's life, for the way there.
constexpr int64_t kTokenMarginS = 60;

}  // namespace

std::string Question::shared_key() const {
  if (about == About::kCertificate) return "certificate " + url;
  return about == About::kToken ? "token " + url : std::string();
}

int64_t keep_s(Question::About about, const ProviderAnswer &answer) {
  if (answer.status != 200) return 0;
  if (about == Question::About::kCertificate) return kCertificateKeepS;
  if (about != Question::About::kToken) return 0;
  const auto json = JsonBody::read(answer.body);
  const std::string said = json ? json->text_at("/expires_in").value_or("") : "";
  int64_t life_s = 0;
  const auto [end, fault] = std::from_chars(said.data(), said.data() + said.size(), life_s);
  if (fault != std::errc() || end != said.data() + said.size()) return 0;
  return std::clamp<int64_t>(life_s - kTokenMarginS, 0, kTokenKeepS);
}

}  // namespace webhook
