#include "plugins/sources/webhook/hints.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "plugins/sources/webhook/json_body.hpp"
#include "plugins/sources/webhook/quoted.hpp"

namespace webhook {
namespace {

constexpr size_t kNameShownMax = 128;
// What is tried costs a hash of the body each.
constexpr size_t kSecretsTriedMax = 16;

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

class Attempts {
 public:
  Attempts(const Verifier &verifier, const CallbackRequest &request, int64_t now_s)
      : verifier_(verifier), request_(request), now_s_(now_s) {}

  std::vector<std::string> signature() {
    bodies();
    if (verifier_.preset().scheme == Scheme::kHmac) keys();
    if (needs_url(verifier_.preset())) urls();
    other_secrets();
    if (hints_.empty()) looks();
    return std::move(hints_);
  }

  std::string unknown_key() const {
    const auto &by = verifier_.preset().key.by;
    if (!by || by->from != Source::From::kHeader) return {};
    for (const auto &[name, value] : request_.headers)
      if (name == by->name)
        return "it names the key " + quoted(value, kNameShownMax) + ", which is not below secrets.key; get that one " +
               "from the provider and add it";
    return {};
  }

 private:
  bool fits(const Verifier &verifier, const CallbackRequest &request) const {
    const Stage stage = verifier.verify(request, now_s_).stage;
    return stage != Stage::kStructure && stage != Stage::kKey && stage != Stage::kSignature;
  }
  bool fits_with(Preset preset, Secrets secrets, std::string url) const {
    const auto made = Verifier::make(std::move(preset), std::move(secrets), {}, std::move(url),
                                     [](const std::string &, const std::string &) {});
    return made && fits(*made, request_);
  }
  void try_body(std::string body, const char *hint) {
    if (body == request_.body) return;
    CallbackRequest changed = request_;
    changed.body = std::move(body);
    if (fits(verifier_, changed)) hints_.emplace_back(hint);
  }

  void bodies() {
    const std::string &body = request_.body;
    std::string bare = body;
    while (bare.ends_with('\n') || bare.ends_with('\r')) bare.pop_back();
    constexpr const char *kBreak =
        "the signature fits this body but for a line break at its end: what saved it or passed it on has changed it";
    try_body(bare, kBreak);
    try_body(bare + "\n", kBreak);
    constexpr const char *kLines =
        "the signature fits this body with other line breaks (CRLF or LF): something on the way has changed them";
    try_body(replaced(body, "\r\n", "\n"), kLines);
    try_body(replaced(replaced(body, "\r\n", "\n"), "\n", "\r\n"), kLines);
    if (body.starts_with("\xEF\xBB\xBF"))
      try_body(body.substr(3), "the signature fits this body without the byte order mark at its start");
    if (!JsonBody::read(body)) return;  // what is nested without end must not be written again, level by level
    const auto json = nlohmann::ordered_json::parse(body, nullptr, false);
    if (json.is_discarded()) return;
    constexpr const char *kRewritten =
        "the signature fits this JSON written in another way: something on the way reads and writes it again";
    for (const bool ascii : {false, true})
      for (const int indent : {-1, 2, 4})
        try_body(json.dump(indent, ' ', ascii, nlohmann::ordered_json::error_handler_t::replace), kRewritten);
  }

  void keys() {
    constexpr std::pair<Encoding, const char *> kEncodings[] = {{Encoding::kUtf8, "as it is written"},
                                                                {Encoding::kHex, "read as hexadecimal"},
                                                                {Encoding::kBase64, "read as base64"}};
    const Preset &preset = verifier_.preset();
    for (const auto &[encoding, words] : kEncodings)
      for (const bool keep_prefix : {false, true}) {
        Preset other = preset;
        other.key.encoding = encoding;
        if (keep_prefix) other.key.strip_prefix.clear();
        if (fits_with(std::move(other), verifier_.secrets(), verifier_.public_url()))
          return hints_.push_back(std::string("the signature fits the secret ") + words +
                                  (keep_prefix && !preset.key.strip_prefix.empty() ? ", with its prefix" : "") +
                                  ": the preset's key has another encoding");
      }
    constexpr std::pair<Hash, const char *> kHashes[] = {
        {Hash::kMd5, "md5"}, {Hash::kSha1, "sha1"}, {Hash::kSha256, "sha256"}};
    for (const auto &[hash, name] : kHashes) {
      Preset other = preset;
      other.hash = HashChoice{hash, std::nullopt, {}};
      if (fits_with(std::move(other), verifier_.secrets(), verifier_.public_url()))
        return hints_.push_back(std::string("the signature fits with hash ") + name + ": the preset has another one");
    }
  }

  void urls() {
    const std::string &url = verifier_.public_url();
    const size_t scheme_end = url.find("://");
    if (scheme_end == std::string::npos) return;
    const std::string rest = url.substr(scheme_end);
    std::vector<std::string> others = {"http" + rest, "https" + rest};
    for (const auto &[name, value] : request_.headers)
      if (name == "host") others.push_back("https://" + value + request_.path);
    for (size_t i = 0, count = others.size(); i < count; ++i)
      others.push_back(others[i].ends_with('/') ? others[i].substr(0, others[i].size() - 1) : others[i] + "/");
    for (const std::string &other : others)
      if (fits_with(verifier_.preset(), verifier_.secrets(), other))
        return hints_.push_back("the signature fits with public_url: " + quoted(other, kNameShownMax));
  }

  // Two secrets in each other's place.
  void other_secrets() {
    const std::string tried = tried_secret(verifier_.preset());
    size_t count = 0;
    for (const auto &[name, values] : verifier_.secrets().values()) {
      if (name == tried || tried.empty() || ++count > kSecretsTriedMax) continue;
      Secrets swapped = verifier_.secrets();
      if (const auto *own = verifier_.secrets().find(tried)) swapped.replace(name, *own);
      swapped.replace(tried, values);
      if (fits_with(verifier_.preset(), std::move(swapped), verifier_.public_url()))
        hints_.push_back(std::string("the signature fits secrets.")
                             .append(name)
                             .append(": it stands in the place of secrets.")
                             .append(tried));
    }
  }

  void looks() {
    const Preset &preset = verifier_.preset();
    const std::string tried = tried_secret(preset);
    const auto *values = tried.empty() ? nullptr : verifier_.secrets().find(tried);
    for (size_t i = 0; values && i < values->size(); ++i) {
      const std::string &value = (*values)[i];
      std::string name = "secrets." + tried;
      if (values->size() > 1) name += ", number " + std::to_string(i + 1) + ",";
      for (const char *prefix : {"sk_", "pk_", "rk_"})
        if (value.starts_with(prefix))
          hints_.push_back(name + " begins as an API key does; callbacks are signed with a secret of their own");
      if (!preset.key.strip_prefix.empty() && !value.starts_with(preset.key.strip_prefix))
        hints_.push_back(name + " does not begin with " + preset.key.strip_prefix + " as this provider's secrets do");
      if (std::any_of(value.begin(), value.end(), [](char c) { return c == ' ' || c == '"' || c == '\''; }) &&
          preset.key.encoding == Encoding::kUtf8)
        hints_.push_back(name + " holds a blank or a quotation mark, which was perhaps copied with it");
    }
    hints_.emplace_back(
        "either the secret is not the one of this address (providers have one for each, and others for tests), or the "
        "body is not byte for byte what was sent");
  }

  const Verifier &verifier_;
  const CallbackRequest &request_;
  const int64_t now_s_;
  std::vector<std::string> hints_;
};

}  // namespace

std::vector<std::string> hints_for(const Verifier &verifier, const CallbackRequest &request, const Verdict &verdict,
                                   int64_t now_s) {
  Attempts attempts(verifier, request, now_s);
  std::vector<std::string> hints;
  if (verdict.stage == Stage::kSignature) hints = attempts.signature();
  if (verdict.stage == Stage::kKey) hints.push_back(attempts.unknown_key());
  if (verdict.stage == Stage::kFreshness)
    hints.emplace_back(
        "a request that was kept is judged at the time at which it came; if it came just now, this machine's clock is "
        "wrong");
  if (verdict.stage == Stage::kDecrypt)
    hints.emplace_back("the signature is good and the content is not readable: another secret decrypts it");
  std::erase(hints, "");
  // One sentence for several variants that say the same.
  std::vector<std::string> once;
  for (std::string &hint : hints)
    if (std::find(once.begin(), once.end(), hint) == once.end()) once.push_back(std::move(hint));
  return once;
}

}  // namespace webhook
