// The part of a judgement that is about keys and signatures.  Every key is tried with every signature that was offered
// and every text that may have been signed, whatever was found before: time says nothing about which one it was.
#include <algorithm>

#include "plugins/sources/webhook/judgement.hpp"

namespace webhook {
namespace {

// https://host:443/path beside https://host/path: which of them a provider signs depends on its version.
std::string with_other_port(const std::string &url) {
  const size_t scheme_end = url.find("://");
  if (scheme_end == std::string::npos) return url;
  const std::string port = url.starts_with("https://") ? ":443" : ":80";
  const size_t host_end = std::min(url.find_first_of("/?", scheme_end + 3), url.size());
  const std::string host = url.substr(0, host_end), rest = url.substr(host_end);
  if (host.ends_with(port)) return host.substr(0, host.size() - port.size()) + rest;
  return host.find(':', scheme_end + 3) == std::string::npos ? host + port + rest : url;
}

}  // namespace

// The URL as the provider called it: what the user says of it, with the query that came.
std::vector<std::string> Judgement::urls() const {
  std::string url = verifier_.public_url_.substr(0, verifier_.public_url_.find('?'));
  const size_t scheme_end = url.find("://");
  const bool has_path = scheme_end != std::string::npos && url.find('/', scheme_end + 3) != std::string::npos;
  if (!has_path) url += request_.path;
  if (!request_.query.empty()) url += "?" + request_.query;
  std::vector<std::string> all = {url};
  if (preset_.url_default_port) all.push_back(with_other_port(url));
  return all;
}

Judgement::Finding Judgement::signatures() {
  if (preset_.scheme == Scheme::kNone) return std::nullopt;
  if (by_code(preset_)) return signature_by_code();
  if (parts_.empty()) return signature();
  Finding found;
  for (const std::string_view part : parts_) {
    inputs_.narrow(part);
    Finding fault = signature();
    if (!found) found = std::move(fault);
  }
  inputs_.narrow({});
  return found;
}

Judgement::Finding Judgement::signature() {
  if (kept_ && shows_secret(preset_.scheme)) return std::nullopt;
  const Signatures shown = read_signatures(*preset_.signature, inputs_);
  if (shown.state == Value::State::kMissing) return Fault{Stage::kStructure, "it has no signature"};
  if (shown.state == Value::State::kMalformed)
    return Fault{Stage::kStructure, "its signature is not written as it must be"};
  if (shows_secret(preset_.scheme)) {
    bool good = false;
    if (preset_.scheme == Scheme::kBasic) good = basic_fits(shown.offered);
    if (preset_.scheme == Scheme::kToken) good = tokens_fit(shown.offered);
    if (good) return std::nullopt;
    return Fault{Stage::kSignature, "what it shows is not the secret that was set"};
  }
  std::vector<const Key *> keys;
  if (Finding fault = choose_keys(keys)) return fault;
  return signature_of_text(shown.offered, keys);
}

size_t Judgement::place_of(const Key &key) const { return static_cast<size_t>(&key - verifier_.keys_.data()) + 1; }

Judgement::Finding Judgement::choose_keys(std::vector<const Key *> &keys) {
  if (!preset_.key.by) {
    for (const Key &key : verifier_.keys_) keys.push_back(&key);
    return std::nullopt;
  }
  const Value id = inputs_.value(*preset_.key.by);
  if (!id.there() || id.text.empty()) return Fault{Stage::kStructure, "it does not name its key"};
  for (const Key &key : verifier_.keys_)
    if (key.id == id.text) keys.push_back(&key);
  if (!keys.empty()) return std::nullopt;
  return Fault{Stage::kKey, "it is signed with a key whose id is not among those that were set"};
}

Judgement::Finding Judgement::choose_hash(Hash &hash) {
  hash = preset_.hash.fallback;
  if (!preset_.hash.from) return std::nullopt;
  const Value named = inputs_.value(*preset_.hash.from);
  if (named.state == Value::State::kMissing || (named.there() && named.text.empty())) return std::nullopt;
  const auto known = preset_.hash.map.find(named.text);
  if (!named.there() || known == preset_.hash.map.end())
    return Fault{Stage::kStructure, "it names a hash that is not among those that may be used"};
  hash = known->second;
  return std::nullopt;
}

Judgement::Finding Judgement::signature_of_text(const std::vector<std::string> &offered,
                                                const std::vector<const Key *> &keys) {
  Hash hash = Hash::kSha256;
  if (Finding fault = choose_hash(hash)) return fault;
  const std::string tried = tried_secret(preset_);
  bool good = false;
  for (const std::string &url : urls()) {
    inputs_.set_url(url);
    for (const Key *key : keys) {
      inputs_.try_secret(tried, key->secret);
      for (const SignedText &text : preset_.signed_texts) {
        const Value bytes = text.made_of(inputs_, preset_.signed_rules);
        if (!bytes.there()) return Fault{Stage::kStructure, "a part of what is signed is missing or cannot be read"};
        const bool fit = fits(*key, bytes.text, offered, hash);
        if (fit) fitted_ = place_of(*key);
        good = fit || good;
      }
    }
  }
  if (good) return std::nullopt;
  return Fault{Stage::kSignature, "its signature fits none of the keys that were set"};
}

bool Judgement::tokens_fit(const std::vector<std::string> &offered) {
  std::vector<std::string> digests;
  digests.reserve(offered.size());
  for (const std::string &token : offered) digests.push_back(digest_of(Hash::kSha256, token));
  bool good = false;
  for (const Key &key : verifier_.keys_)
    for (const std::string &digest : digests) {
      const bool fit = same_digest(digest, key.digest);
      if (fit) fitted_ = place_of(key);
      good = fit || good;
    }
  return good;
}

bool Judgement::fits(const Key &key, std::string_view text, const std::vector<std::string> &offered, Hash hash) const {
  bool good = false;
  if (key.public_key) {
    for (const std::string &signature : offered) good = key.public_key->verifies(text, signature) || good;
    return good;
  }
  // WeChat Pay v2 signs with a bare MD5, or with an HMAC where the request says so.
  const bool bare =
      preset_.scheme == Scheme::kDigest || (preset_.scheme == Scheme::kDigestOrHmac && hash == preset_.hash.fallback);
  const std::string wanted = bare ? digest_of(hash, text) : key.hmac->of(hash, text);
  for (const std::string &signature : offered) good = same_digest(signature, wanted) || good;
  return good;
}

// RFC 7617: the password may hold colons, the name cannot.
bool Judgement::basic_fits(const std::vector<std::string> &offered) const {
  bool good = false;
  for (const std::string &text : offered) {
    std::string plain;
    if (decode(Encoding::kBase64, text, plain) != Decoded::kOk) continue;
    const size_t colon = plain.find(':');
    if (colon == std::string::npos) continue;
    bool user = false, pass = false;
    for (const std::string &secret : *verifier_.secrets_.find("user"))
      user = same_secret(plain.substr(0, colon), secret) || user;
    for (const std::string &secret : *verifier_.secrets_.find("pass"))
      pass = same_secret(plain.substr(colon + 1), secret) || pass;
    good = (user && pass) || good;
  }
  return good;
}

}  // namespace webhook
