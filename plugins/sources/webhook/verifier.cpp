#include "plugins/sources/webhook/verifier.hpp"

#include <algorithm>

#include "plugins/sources/webhook/judgement.hpp"

namespace webhook {
namespace {

constexpr size_t kKeysMax = 16;

bool decrypt_key_fits(const DecryptSpec &spec, std::string_view secret) { return !decrypt_key(spec, secret).empty(); }

}  // namespace

const char *name_of(Stage stage) {
  constexpr const char *kNames[] = {"none",    "structure", "key",      "signature", "freshness",
                                    "decrypt", "policy",    "template", "confirm"};
  return kNames[static_cast<size_t>(stage)];
}

std::optional<Verifier> Verifier::make(Preset preset, Secrets secrets, EventTemplates templates, std::string public_url,
                                       const Complain &complain) {
  bool fine = true;
  const auto problem = [&](const std::string &where, const std::string &what) {
    complain(where, what);
    fine = false;
  };
  const bool keys_by_id = !secrets.keys().empty();
  for (const std::string &name : needed_secrets(preset)) {
    if (name == "key" && preset.key.by ? keys_by_id : secrets.find(name) != nullptr) continue;
    problem("/secrets/" + name, "the preset " + preset.name + " verifies with this secret; set it" +
                                    (name == "key" && preset.key.by ? ", as a map of key id to PEM" : ""));
  }
  if (keys_by_id && !preset.key.by)
    problem("/secrets/key", "requests of this preset do not name their key; give a text");
  if (needs_url(preset) && public_url.empty())
    problem("/public_url", "the preset " + preset.name + " signs the URL that it calls; say which one that is");
  if (preset.decrypt)
    if (const auto *values = secrets.find(preset.decrypt->secret))
      for (const std::string &value : *values)
        if (!decrypt_key_fits(*preset.decrypt, value))
          problem("/secrets/" + preset.decrypt->secret,
                  "this cannot be the key: it has the wrong length or characters");
  if (!fine) return std::nullopt;
  const auto challenge_preset = preset.challenge_preset;
  Verifier made(std::move(preset), std::move(secrets), std::move(templates), std::move(public_url));
  if (!made.prepare_keys(complain) || !made.prepare_code(complain)) return std::nullopt;
  if (challenge_preset) {
    auto other = make(*challenge_preset, made.secrets_, {}, made.public_url_, complain);
    if (!other) return std::nullopt;
    made.challenge_ = std::make_shared<const Verifier>(*std::move(other));
  }
  return made;
}

bool Verifier::prepare_keys(const Complain &complain) {
  const std::string tried = tried_secret(preset_);
  if (tried.empty()) {
    keys_.push_back({});  // nothing to choose from
    return true;
  }
  bool fine = true;
  for (const auto &[id, pem] : secrets_.keys()) fine = add_key(id, pem, "/secrets/key/" + id, complain) && fine;
  if (const auto *values = secrets_.find(tried))
    for (size_t i = 0; i < values->size(); ++i) {
      const std::string where = "/secrets/" + tried + (values->size() > 1 ? "/" + std::to_string(i) : "");
      fine = add_key({}, (*values)[i], where, complain) && fine;
    }
  if (keys_.size() > kKeysMax) {
    complain("/secrets/" + tried, "more than 16 keys; remove those that are out of use");
    fine = false;
  }
  return fine;
}

bool Verifier::add_key(const std::string &id, const std::string &secret, const std::string &where,
                       const Complain &complain) {
  Key key{id, secret, {}, {}, std::nullopt, std::nullopt};
  if (preset_.scheme == Scheme::kRsa || preset_.scheme == Scheme::kEd25519) {
    const bool rsa = preset_.scheme == Scheme::kRsa;
    key.public_key = PublicKey::read(rsa ? PublicKey::Kind::kRsa : PublicKey::Kind::kEd25519, secret);
    if (!key.public_key)
      complain(where, rsa ? "this is no PEM certificate or public key with RSA of at least 2048 bits"
                          : "this is no PEM public key with Ed25519, nor one that begins with whpk_");
    keys_.push_back(std::move(key));
    return keys_.back().public_key.has_value();
  }
  std::string_view text = secret;
  if (text.starts_with(preset_.key.strip_prefix)) text.remove_prefix(preset_.key.strip_prefix.size());
  if (decode(preset_.key.encoding, text, key.bytes) != Decoded::kOk || key.bytes.empty()) {
    complain(where,
             preset_.key.encoding == Encoding::kHex ? "this key must be hexadecimal" : "this key must be base64");
    return false;
  }
  if (shows_secret(preset_.scheme)) key.digest = digest_of(Hash::kSha256, key.bytes);
  if (preset_.scheme == Scheme::kHmac || preset_.scheme == Scheme::kDigestOrHmac) key.hmac.emplace(key.bytes);
  keys_.push_back(std::move(key));
  return true;
}

Verdict Verifier::verify_kept(const CallbackRequest &request, int64_t received_s) const {
  return Judgement(*this, request, received_s, {}, true).of_events();
}

bool Verifier::prepare_code(const Complain &complain) {
  bool fine = true;
  if (preset_.scheme == Scheme::kMollieClassic)
    for (const std::string &key : *secrets_.find("api_key"))
      if (!std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7f; })) {
        complain("/secrets/api_key", "this cannot be an API key: it has other characters than visible ASCII");
        fine = false;
      }
  return prepare_chain(complain) && fine;
}

bool Verifier::prepare_chain(const Complain &complain) {
  if (preset_.scheme != Scheme::kPaypal) return true;
  const auto *roots = secrets_.find("root");
  chain_ = CertificateChain::make(roots ? *roots : std::vector<std::string>());
  if (!chain_) complain("/secrets/root", "this is no PEM certificate of an authority");
  bool fine = chain_.has_value();
  for (const auto &[url, pem] : secrets_.certificates()) {
    if (PublicKey::read(PublicKey::Kind::kRsa, pem)) continue;
    complain("/secrets/certificates/" + pointer_step(url), "this is no PEM certificate with RSA of at least 2048 bits");
    fine = false;
  }
  return fine;
}

Verdict Verifier::verify(const CallbackRequest &request, int64_t now_s, const Evidence &evidence) const {
  const auto &challenge = preset_.challenge;
  if (challenge && !challenge->method.empty() && challenge->method == request.method)
    return Judgement(challenge_ ? *challenge_ : *this, request, now_s, evidence).of_challenge();
  return Judgement(*this, request, now_s, evidence).of_events();
}

}  // namespace webhook
