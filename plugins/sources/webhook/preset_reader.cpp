#include "plugins/sources/webhook/preset_reader.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plugins/sources/webhook/preset_fields_impl.hpp"

namespace webhook {
namespace {

using Json = nlohmann::json;

constexpr int64_t kToleranceMax = 7 * 24 * 3600;
constexpr int64_t kDedupeMax = int64_t{366} * 24 * 3600;
constexpr std::pair<const char *, Hash> kHashes[] = {
    {"md5", Hash::kMd5}, {"sha1", Hash::kSha1}, {"sha256", Hash::kSha256}};

class Reader {
 public:
  Reader(const Json &json, const std::string &where, const Complain &complain)
      : complain_(complain), f_(json, where, complain, fine_) {}

  std::optional<Preset> read() {
    gate();
    verification();
    additions();
    policy();
    challenge();
    event();
    replies();
    f_.finish();
    if (fine_) whole();
    return fine_ ? std::optional(std::move(p_)) : std::nullopt;
  }

 private:
  void gate() {
    p_.name = f_.text("name").value_or("");
    if (f_.find("methods")) p_.methods = f_.texts("methods");
    p_.content_types = f_.texts("content_types");
    p_.max_body = static_cast<uint64_t>(f_.number("max_body", 1, int64_t{1} << 30).value_or(1 << 20));
    p_.deadline_ms = f_.number("deadline_ms", 100, 600'000).value_or(p_.deadline_ms);
    if (p_.methods.empty()) f_.problem("methods", "at least one method must be taken");
  }

  void verification() {
    constexpr std::pair<const char *, Scheme> kSchemes[] = {
        {"hmac", Scheme::kHmac},           {"rsa", Scheme::kRsa},
        {"ed25519", Scheme::kEd25519},     {"digest", Scheme::kDigest},
        {"token", Scheme::kToken},         {"digest_or_hmac", Scheme::kDigestOrHmac},
        {"basic", Scheme::kBasic},         {"none", Scheme::kNone},
        {"paypal", Scheme::kPaypal},       {"paypal-ipn", Scheme::kPaypalIpn},
        {"braintree", Scheme::kBraintree}, {"mollie-classic", Scheme::kMollieClassic}};
    if (!f_.find("scheme")) f_.problem("scheme", "this is missing: how is a request verified?");
    p_.scheme = f_.word("scheme", kSchemes).value_or(Scheme::kNone);
    hash();
    key();
    signature();
    for (const std::string &text : f_.texts("signed")) {
      if (auto read = SignedText::read(text))
        p_.signed_texts.push_back(*std::move(read));
      else
        f_.problem("signed",
                   "this is no template of what is signed: something in its braces is no source and no function");
    }
    p_.signed_rules.missing_is_empty = f_.flag("missing_is_empty").value_or(false);
    p_.signed_rules.part_excludes = f_.text("part_excludes").value_or("");
  }

  void hash() {
    const Json *said = f_.find("hash");
    if (!said) return;
    if (!said->is_object()) {
      p_.hash.fallback = f_.word("hash", kHashes).value_or(Hash::kSha256);
      return;
    }
    auto h = *f_.inner("hash");
    p_.hash.from = h.needed_source("from");
    p_.hash.fallback = h.word("default", kHashes).value_or(Hash::kSha256);
    if (auto map = h.inner("map")) {
      for (const auto &[name, hash] : said->at("map").items())
        if (const auto known = map->word(name.c_str(), kHashes)) p_.hash.map.emplace(name, *known);
    }
    h.finish();
  }

  void key() {
    auto k = f_.inner("key");
    if (!k) return;
    constexpr std::pair<const char *, Encoding> kEncodings[] = {
        {"utf8", Encoding::kUtf8}, {"hex", Encoding::kHex}, {"base64", Encoding::kBase64}, {"pem", Encoding::kUtf8}};
    p_.key.encoding = k->word("encoding", kEncodings).value_or(Encoding::kUtf8);
    p_.key.strip_prefix = k->text("strip_prefix").value_or("");
    p_.key.by = k->source("by");
    k->finish();
  }

  void signature() {
    auto s = f_.inner("signature");
    if (!s) return;
    SignatureSpec made;
    made.from = s->needed_source("from");
    made.split = one_character(*s, "split");
    made.pair = one_character(*s, "pair");
    made.pick = s->text("pick").value_or("");
    made.prefix = s->text("prefix").value_or("");
    made.prefix_optional = s->flag("prefix_optional").value_or(false);
    made.repeat = s->flag("repeat").value_or(false);
    constexpr std::pair<const char *, Encoding> kEncodings[] = {{"hex", Encoding::kHex},
                                                                {"HEX", Encoding::kUpperHex},
                                                                {"base64", Encoding::kBase64},
                                                                {"utf8", Encoding::kUtf8}};
    made.encoding = s->word("encoding", kEncodings).value_or(Encoding::kUtf8);
    if ((made.split == 0) != (made.pair == 0) || (made.split == 0) != made.pick.empty())
      s->problem("split", "split, pair and pick belong together");
    if (made.repeat && made.from.from != Source::From::kHeader) s->problem("repeat", "only a header can be repeated");
    s->finish();
    p_.signature = made;
  }

  static char one_character(PresetFields &from, const char *name) {
    const auto text = from.text(name);
    if (!text) return 0;
    if (text->size() == 1) return text->front();
    from.problem(name, "this must be one character");
    return 0;
  }

  void additions() {
    p_.each = f_.text("each").value_or("");
    if (!p_.each.empty() && (p_.each.front() != '/' || p_.each.find("/*") == std::string::npos))
      f_.problem("each", "this must be a JSON pointer with one * for the elements of an array");
    p_.split_events = f_.text("split_events").value_or("");
    if (!p_.split_events.empty() && p_.split_events.front() != '/')
      f_.problem("split_events", "this must be a JSON pointer");
    constexpr std::pair<const char *, bool> kVariants[] = {{"default_port", true}};
    p_.url_default_port = f_.word("url_variants", kVariants).value_or(false);
    p_.body_digest = f_.source("body_digest");
    if (auto t = f_.inner("also_token")) {
      p_.also_token = t->needed_source("from");
      p_.also_token_secret = t->text("secret").value_or("");
      if (p_.also_token_secret.empty()) t->problem("secret", "this must name a secret");
      t->finish();
    }
    if (auto t = f_.inner("timestamp")) {
      p_.timestamp = t->needed_source("from");
      constexpr std::pair<const char *, bool> kFormats[] = {{"unix", false}, {"iso8601", true}};
      p_.timestamp_is_iso = t->word("format", kFormats).value_or(false);
      p_.tolerance_s = t->number("tolerance", 1, kToleranceMax).value_or(300);
      t->finish();
    }
    decrypt();
    p_.once = f_.sources("once");
  }

  void decrypt() {
    auto d = f_.inner("decrypt");
    if (!d) return;
    constexpr std::pair<const char *, Cipher> kCiphers[] = {{"aes-256-gcm", Cipher::kAes256Gcm},
                                                            {"wechat-aes-256-cbc", Cipher::kWechatAes256Cbc},
                                                            {"aes-256-ecb", Cipher::kAes256Ecb}};
    DecryptSpec made;
    if (!d->find("alg")) d->problem("alg", "this is missing");
    made.cipher = d->word("alg", kCiphers).value_or(Cipher::kAes256Gcm);
    std::string key = d->text("key").value_or("");
    made.key_is_md5 = key.starts_with("md5hex:");
    if (made.key_is_md5) key.erase(0, std::string_view("md5hex:").size());
    made.key_is_base64 = made.cipher == Cipher::kWechatAes256Cbc;
    const auto source = read_source(key);
    if (source && source->from == Source::From::kSecret)
      made.secret = source->name;
    else
      d->problem("key", "this must be secret:NAME or md5hex:secret:NAME");
    made.ciphertext = d->needed_source("ciphertext");
    made.nonce = d->source("nonce");
    made.aad = d->source("aad");
    made.receiver = d->source("appid");
    constexpr std::pair<const char *, bool> kInto[] = {{"json", true}, {"xml", false}};
    if (!d->find("into")) d->problem("into", "this is missing");
    made.into_json = d->word("into", kInto).value_or(false);
    if (made.cipher == Cipher::kAes256Gcm && !made.nonce) d->problem("nonce", "this is missing");
    if (made.cipher == Cipher::kWechatAes256Cbc && (!made.receiver || made.receiver->from != Source::From::kSecret))
      d->problem("appid", "this must be secret:NAME");
    d->finish();
    p_.decrypt = made;
  }

  void policy() {
    p_.require_before = equalities("require_before");
    p_.require = equalities("require");
    p_.require_present = f_.sources("require_present");
  }

  std::vector<Equality> equalities(const char *name) {
    std::vector<Equality> all;
    auto fields = f_.inner(name);
    if (!fields) return all;
    for (const auto &[left, right] : f_.find(name)->items()) {
      const auto source = read_source(left);
      const std::string said = fields->text(left.c_str()).value_or("");
      const auto secret = read_source(said);
      const bool is_secret = secret && secret->from == Source::From::kSecret;
      if (!source || (!is_secret && (!said.starts_with('=') || said.size() < 2)))
        fields->problem(left, "an equality is a source beside secret:NAME or =TEXT");
      else
        all.push_back({*source, is_secret ? "" : said.substr(1), is_secret ? secret->name : ""});
    }
    return all;
  }

  void challenge() {
    auto c = f_.inner("challenge");
    if (!c) return;
    Preset::Challenge made;
    made.method = c->text("method").value_or("");
    made.when = c->source("when");
    made.equals = c->text("equals").value_or("");
    const auto other = c->text("preset");
    if (made.method.empty() == !made.when)
      c->problem("method", "a challenge is known by its method, or by when and equals");
    if (other) {
      auto read = read_preset(Json(*other).dump(), c->at("preset"), complain_);
      fine_ = fine_ && read;
      if (read && !(read->challenge && !read->challenge->method.empty() && !read->challenge_preset))
        c->problem("preset", "this preset knows no challenge by its method");
      if (read && read->challenge) {
        made = *read->challenge;
        p_.challenge_preset = std::make_shared<const Preset>(*std::move(read));
      }
    } else {
      made.reply_from = c->needed_source("reply_from");
      made.content_type = c->text("content_type").value_or("text/plain");
    }
    c->finish();
    p_.challenge = made;
  }

  void event() {
    if (auto e = f_.inner("event")) {
      p_.event.id = e->sources("id");
      p_.event.type = e->sources("type");
      p_.event.order = e->sources("order");
      p_.event.id_join = e->text("id_join").value_or("");
      p_.event.order_strip_prefix = e->text("order_strip_prefix").value_or("");
      e->finish();
    }
    p_.id_signed = f_.flag("id_signed").value_or(true);
    p_.body_signed = f_.flag("body_signed").value_or(true);
    if (auto d = f_.inner("dedupe")) {
      p_.dedupe_s = d->number("window", 1, kDedupeMax).value_or(p_.dedupe_s);
      d->finish();
    }
  }

  void replies() {
    auto r = f_.inner("reply");
    if (!r) return;
    constexpr const char *kNames[kReplyKinds] = {"ok", "duplicate", "bad_signature", "bad_request", "not_durable"};
    bool duplicate = false;
    for (size_t kind = 0; kind < kReplyKinds; ++kind) {
      auto one = r->inner(kNames[kind]);
      if (!one) continue;
      duplicate = duplicate || kind == kReplyDuplicate;
      ReplySpec &spec = p_.reply[kind];
      spec.status = static_cast<uint32_t>(one->number("status", 200, 599).value_or(spec.status));
      spec.content_type = one->text("content_type").value_or("");
      spec.body = one->text("body").value_or("");
      one->finish();
    }
    // Whoever sends again is told the same.
    if (!duplicate) p_.reply[kReplyDuplicate] = p_.reply[kReplyOk];
    r->finish();
  }

  // What its fields say together.
  void whole() {
    const bool key_and_text = p_.scheme == Scheme::kHmac || p_.scheme == Scheme::kRsa ||
                              p_.scheme == Scheme::kEd25519 || p_.scheme == Scheme::kDigest ||
                              p_.scheme == Scheme::kDigestOrHmac;
    if (p_.scheme != Scheme::kNone && !by_code(p_) && !p_.signature) f_.problem("signature", "this scheme needs it");
    if (key_and_text && p_.signed_texts.empty()) f_.problem("signed", "this scheme needs it");
    if (key_and_text && p_.signature && p_.signature->encoding == Encoding::kUtf8)
      f_.problem("signature", "it needs an encoding: hex, HEX or base64");
    if (p_.scheme == Scheme::kNone && !p_.decrypt)
      f_.problem("scheme", "nothing would be verified: without a scheme only what can be decrypted is believed");
    if (p_.scheme == Scheme::kDigest && tried_secret(p_).empty())
      f_.problem("signed", "a digest proves nothing without secret:NAME in it");
    if (p_.scheme == Scheme::kDigestOrHmac && !signs_key())
      f_.problem("signed", "a digest proves nothing without secret:key in it");
    if (p_.key.by && p_.scheme != Scheme::kRsa && p_.scheme != Scheme::kEd25519)
      f_.problem("key", "only public keys are chosen by id");
  }

  bool signs_key() const {
    return std::all_of(p_.signed_texts.begin(), p_.signed_texts.end(), [](const SignedText &text) {
      const auto sources = text.sources();
      return std::any_of(sources.begin(), sources.end(), [](const Source &source) {
        return source.from == Source::From::kSecret && source.name == "key";
      });
    });
  }

  const Complain &complain_;
  bool fine_ = true;
  PresetFields f_;
  Preset p_;
};

}  // namespace

std::optional<Preset> parse_preset(const Json &object, const std::string &where, const Complain &complain) {
  return Reader(object, where, complain).read();
}

}  // namespace webhook
