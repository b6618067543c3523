// How one provider's callbacks are verified and answered, as presets.json or the user's own entry says it.
// docs/WEBHOOKS.md tells what each field means.  A value, immutable once read; any thread.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plugins/sources/webhook/cipher.hpp"
#include "plugins/sources/webhook/digest.hpp"
#include "plugins/sources/webhook/encoding.hpp"
#include "plugins/sources/webhook/signature.hpp"
#include "plugins/sources/webhook/signed_text.hpp"
#include "plugins/sources/webhook/source.hpp"

namespace webhook {

enum class Scheme {
  kHmac,
  kRsa,
  kEd25519,
  kDigest,
  kDigestOrHmac,
  kToken,
  kBasic,
  kNone,
  // By code of their own: judgement_code.cpp
  kPaypal,
  kPaypalIpn,
  kBraintree,
  kMollieClassic
};

// Is what it checks the secret itself?
inline bool shows_secret(Scheme scheme) { return scheme == Scheme::kToken || scheme == Scheme::kBasic; }

// The hash, or where the request names it; what it may name is in the map.
struct HashChoice {
  Hash fallback = Hash::kSha256;
  std::optional<Source> from;
  std::map<std::string, Hash, std::less<>> map;
};

struct KeySpec {
  Encoding encoding = Encoding::kUtf8;
  std::string strip_prefix;
  std::optional<Source> by;  // the request names its key
};

struct DecryptSpec {
  Cipher cipher = Cipher::kAes256Gcm;
  std::string secret;          // the name of the one that the key is made of
  bool key_is_md5 = false;     // the key is the 32 characters of its MD5
  bool key_is_base64 = false;  // ... or base64 that lacks its last character, '='
  Source ciphertext;
  std::optional<Source> nonce, aad, receiver;
  bool into_json = false;
};

// `source` must say what the literal says, or what the secret of that name is.
struct Equality {
  Source source;
  std::string literal, secret;
};

struct ReplySpec {
  uint32_t status = 200;
  std::string content_type, body;
};
enum ReplyKind { kReplyOk, kReplyDuplicate, kReplyBadSignature, kReplyBadRequest, kReplyNotDurable, kReplyKinds };

struct Preset {
  struct Challenge {
    std::string method;          // by its method, judged by `preset` (or as any other request)
    std::optional<Source> when;  // or by what it says
    std::string equals;
    Source reply_from;
    std::string content_type;
  };
  struct Event {
    std::vector<Source> id, type, order;  // the first that is not empty
    std::string id_join;                  // not empty: all of `id`, joined by this
    std::string order_strip_prefix;
  };

  std::string name;
  std::vector<std::string> methods = {"POST"}, content_types;  // no content type = any
  uint64_t max_body = 1u << 20;
  int64_t deadline_ms = 5000;  // the provider's patience
  Scheme scheme = Scheme::kNone;
  HashChoice hash;
  KeySpec key;
  std::optional<SignatureSpec> signature;
  std::vector<SignedText> signed_texts;  // any of them
  SignedText::Rules signed_rules;
  std::string each;          // "/items/*/item": each is signed by itself
  std::string split_events;  // pointer to an array whose elements are events of their own
  bool url_default_port = false;
  std::optional<Source> body_digest;  // hexadecimal SHA-256 of the body
  std::optional<Source> also_token;   // must be the secret named next, if there is one
  std::string also_token_secret;
  std::optional<Source> timestamp;
  bool timestamp_is_iso = false;  // else Unix seconds
  int64_t tolerance_s = 300;
  std::optional<DecryptSpec> decrypt;
  std::vector<Equality> require_before, require;
  std::vector<Source> require_present;
  std::optional<Challenge> challenge;
  std::shared_ptr<const Preset> challenge_preset;
  Event event;
  bool id_signed = true, body_signed = true;
  std::vector<Source> once;
  int64_t dedupe_s = 3 * 24 * 3600;
  std::string api_url;   // where the provider is asked; empty = its own address
  bool confirm = false;  // paypal: its API is asked whether it has sent this
  std::array<ReplySpec, kReplyKinds> reply = {ReplySpec{200, {}, {}}, ReplySpec{200, {}, {}}, ReplySpec{401, {}, {}},
                                              ReplySpec{400, {}, {}}, ReplySpec{503, {}, {}}};
};

// Which secrets it cannot do without, by their names.
std::vector<std::string> needed_secrets(const Preset &preset);
// Which one of them may be a list of several that are all good; its values are tried one after the other.
std::string tried_secret(const Preset &preset);
// Those that it can do without.
std::vector<std::string> optional_secrets(const Preset &preset);
// Is it verified by code rather than by what the preset says?
bool by_code(const Preset &preset);
// May it have to ask the provider?
bool asks_provider(const Preset &preset);
// Does it sign the URL it was called by?
bool needs_url(const Preset &preset);

}  // namespace webhook
