#include "plugins/sources/webhook/judgement.hpp"

#include <algorithm>

#include "plugins/sources/webhook/instant.hpp"
#include "plugins/sources/webhook/kept_request.hpp"
#include "plugins/sources/webhook/request_head.hpp"

namespace webhook {
namespace {

constexpr size_t kPartsMax = 256;
constexpr size_t kAesKeyBytes = 32;
// A challenge is short; whatever is longer is not sent back to wherever it came from.
constexpr size_t kChallengeMax = 1024;

std::string_view trimmed(std::string_view s) {
  const auto from = s.find_first_not_of(" \t");
  return from == std::string_view::npos ? "" : s.substr(from, s.find_last_not_of(" \t") - from + 1);
}

// Why a value that was needed is none.
std::string because(const Value &value, std::string_view what) {
  return std::string(what) + (value.state == Value::State::kMissing ? " is missing or empty" : " cannot be read");
}

}  // namespace

std::string decrypt_key(const DecryptSpec &spec, std::string_view secret) {
  std::string key(secret);
  if (spec.key_is_md5) key = hex_of(digest_of(Hash::kMd5, secret));
  if (spec.key_is_base64) {
    std::string made;
    // WeChat's key has 43 characters, whose last one carries two bits that mean nothing.
    if (key.size() != 43 || decode(Encoding::kBase64, key.substr(0, 40), made) != Decoded::kOk) return {};
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const size_t last = kDigits.find(key[42]);
    if (last == std::string_view::npos) return {};
    key[42] = kDigits[last & ~size_t{3}];
    if (decode(Encoding::kBase64, key.substr(40) + "=", made) != Decoded::kOk) return {};
    key = made;
  }
  return key.size() == kAesKeyBytes ? key : std::string();
}

Judgement::Judgement(const Verifier &verifier, const CallbackRequest &request, int64_t now_s, const Evidence &evidence,
                     bool kept)
    : verifier_(verifier),
      preset_(verifier.preset_),
      request_(request),
      now_s_(now_s),
      kept_(kept),
      evidence_(evidence),
      inputs_(request, verifier.secrets_, {}) {}

Verdict Judgement::of_events() {
  Verdict verdict;
  Finding fault = verify();
  if (!fault && preset_.challenge && preset_.challenge->when) {
    const Value said = inputs_.value(*preset_.challenge->when);
    if (said.there() && said.text == preset_.challenge->equals) {
      fault = answer_challenge(verdict);
      verdict.is_challenge = true;
    }
  }
  if (!fault && !verdict.is_challenge) fault = events(verdict);
  if (!fault && !verdict.is_challenge) fault = confirmation();
  if (fault) return refused(*std::move(fault));
  tell_key(verdict);
  verdict.question = question_;
  return verdict;
}

Verdict Judgement::of_challenge() {
  Verdict verdict;
  verdict.is_challenge = true;
  Finding fault;
  if (by_code(preset_)) {
    fault = challenge_by_code(verdict);
  } else {
    fault = signatures();
    if (!fault) fault = freshness();
    if (!fault) fault = answer_challenge(verdict);
  }
  if (fault) return refused(*std::move(fault));
  tell_key(verdict);
  return verdict;
}

Verdict Judgement::refused(Fault fault) const {
  Verdict verdict;
  verdict.stage = fault.stage;
  verdict.reason = std::move(fault.reason);
  verdict.age_s = age_s_;
  verdict.question = question_;
  return verdict;
}

void Judgement::tell_key(Verdict &verdict) const {
  verdict.age_s = age_s_;
  verdict.key = fitted_;
  verdict.keys = verifier_.keys_.size();
  if (fitted_ > 0 && fitted_ <= verdict.keys) verdict.key_id = verifier_.keys_[fitted_ - 1].id;
}

Judgement::Finding Judgement::verify() {
  using Check = Finding (Judgement::*)();
  constexpr Check kOrder[] = {&Judgement::gate,        &Judgement::find_parts, &Judgement::signatures,
                              &Judgement::body_digest, &Judgement::also_token, &Judgement::freshness,
                              &Judgement::decrypt};
  for (const Check check : kOrder)
    if (Finding fault = (this->*check)()) return fault;
  if (hint_only_) return std::nullopt;
  if (Finding fault = equalities(preset_.require)) return fault;
  for (const Source &source : preset_.require_present) {
    const Value value = inputs_.value(source);
    if (!value.there() || value.text.empty())
      return Fault{Stage::kDecrypt, because(value, "a field that must be there")};
  }
  return std::nullopt;
}

Judgement::Finding Judgement::gate() {
  if (std::find(preset_.methods.begin(), preset_.methods.end(), request_.method) == preset_.methods.end())
    return Fault{Stage::kStructure, "the preset " + preset_.name + " takes no " + request_.method};
  if (request_.body.size() > preset_.max_body) return Fault{Stage::kStructure, "its body is too long"};
  const Value encoding = inputs_.header("content-encoding");
  if (encoding.state != Value::State::kMissing && !same_word(encoding.text, "identity"))
    return Fault{Stage::kStructure, "its body has a Content-Encoding, so it is not what was signed"};
  if (Finding fault = content()) return fault;
  return equalities(preset_.require_before);
}

Judgement::Finding Judgement::content() {
  bool malformed = false;
  const std::string *type = inputs_.header("content-type", malformed);
  if (type) content_type_ = trimmed(std::string_view(*type).substr(0, type->find(';')));
  if (preset_.content_types.empty() && !malformed) return std::nullopt;
  const bool known = std::any_of(preset_.content_types.begin(), preset_.content_types.end(),
                                 [&](const std::string &wanted) { return same_word(wanted, content_type_); });
  if (known) return std::nullopt;
  return Fault{Stage::kStructure, "its Content-Type is none that the preset " + preset_.name + " takes"};
}

// What is missing is the structure's fault; what is there and says something else is the policy's.
Judgement::Finding Judgement::equalities(const std::vector<Equality> &all) {
  for (const Equality &e : all) {
    const Value said = inputs_.value(e.source);
    if (!said.there() || said.text.empty()) return Fault{Stage::kStructure, because(said, e.source.name)};
    if (kept_ && said.text == kMasked) continue;
    bool equal = said.text == e.literal;
    if (!e.secret.empty()) {
      const auto &values = *verifier_.secrets_.find(e.secret);
      equal = std::find(values.begin(), values.end(), said.text) != values.end();
    }
    if (!equal) return Fault{Stage::kPolicy, e.source.name + " is not ours"};
  }
  return std::nullopt;
}

Judgement::Finding Judgement::find_parts() {
  if (preset_.each.empty()) return std::nullopt;
  const size_t star = preset_.each.find("/*");
  const JsonBody *json = inputs_.json();
  const auto elements = json ? json->elements(preset_.each.substr(0, star), kPartsMax) : std::nullopt;
  if (!elements || elements->empty()) return Fault{Stage::kStructure, "its body is not JSON with a list of items"};
  for (const std::string_view element : *elements) {
    const auto part = JsonBody::part(element).find(preset_.each.substr(star + 2));
    if (!part || !part->starts_with('{')) return Fault{Stage::kStructure, "an item of its list is not one"};
    parts_.push_back(*part);
  }
  return std::nullopt;
}

Judgement::Finding Judgement::body_digest() {
  if (!preset_.body_digest) return std::nullopt;
  const Value said = inputs_.value(*preset_.body_digest);
  if (!said.there()) return Fault{Stage::kStructure, because(said, "the digest of its body")};
  std::string digest;
  if (decode(Encoding::kHex, said.text, digest) == Decoded::kCharacters)
    return Fault{Stage::kStructure, "the digest of its body is not hexadecimal"};
  if (same_digest(digest, digest_of(Hash::kSha256, request_.body))) return std::nullopt;
  return Fault{Stage::kSignature, "its body is not the one that was signed"};
}

Judgement::Finding Judgement::also_token() {
  if (kept_) return std::nullopt;
  const auto *secrets = preset_.also_token ? verifier_.secrets_.find(preset_.also_token_secret) : nullptr;
  if (!secrets) return std::nullopt;
  const Value shown = inputs_.value(*preset_.also_token);
  if (!shown.there()) return Fault{Stage::kStructure, because(shown, "its token")};
  bool good = false;
  for (const std::string &secret : *secrets) good = same_secret(shown.text, secret) || good;
  if (good) return std::nullopt;
  return Fault{Stage::kSignature, "its token is not the one that was set"};
}

Judgement::Finding Judgement::freshness() {
  if (!preset_.timestamp) return std::nullopt;
  const Value said = inputs_.value(*preset_.timestamp);
  const auto then = preset_.timestamp_is_iso ? read_iso_instant(said.text) : read_unix_seconds(said.text);
  if (!said.there() || !then) return Fault{Stage::kStructure, "its timestamp is no time"};
  const int64_t age = now_s_ - *then;
  age_s_ = age;
  if (age <= preset_.tolerance_s && -age <= preset_.tolerance_s) return std::nullopt;
  return Fault{Stage::kFreshness, "it was signed " + std::to_string(age < 0 ? -age : age) + " s " +
                                      (age < 0 ? "ahead of this machine's clock" : "ago") + ", and " +
                                      std::to_string(preset_.tolerance_s) + " s are allowed"};
}

Judgement::Finding Judgement::decrypt() {
  if (by_code(preset_)) return plain_by_code();
  if (!preset_.decrypt) return std::nullopt;
  const DecryptSpec &spec = *preset_.decrypt;
  const Value sealed = inputs_.value(spec.ciphertext);
  if (!sealed.there() || sealed.text.empty()) return Fault{Stage::kStructure, because(sealed, "what is encrypted")};
  const Value nonce = spec.nonce ? inputs_.value(*spec.nonce) : Value::of({});
  if (!nonce.there()) return Fault{Stage::kStructure, because(nonce, "the nonce")};
  const Value aad = spec.aad ? inputs_.value(*spec.aad) : Value::missing();
  const Value receiver = spec.receiver ? inputs_.value(*spec.receiver) : Value::missing();
  std::string bytes;
  if (decode(Encoding::kBase64, sealed.text, bytes) != Decoded::kOk)
    return Fault{Stage::kDecrypt, "what is encrypted is not base64"};
  for (const std::string &secret : *verifier_.secrets_.find(spec.secret)) {
    auto plain = unseal(spec.cipher, decrypt_key(spec, secret), {bytes, nonce.text, aad.text, receiver.text});
    if (plain && inputs_.set_plain(*std::move(plain), spec.into_json)) return std::nullopt;
  }
  return Fault{Stage::kDecrypt, "it cannot be decrypted with the key that was set"};
}

Judgement::Finding Judgement::answer_challenge(Verdict &verdict) {
  Value said = inputs_.value(preset_.challenge->reply_from);
  const bool plain = std::none_of(said.text.begin(), said.text.end(),
                                  [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; });
  if (!said.there() || said.text.empty() || said.text.size() > kChallengeMax || !plain)
    return Fault{Stage::kStructure, because(said, "the challenge")};
  verdict.challenge = std::move(said.text);
  verdict.challenge_type = preset_.challenge->content_type;
  return std::nullopt;
}

}  // namespace webhook
