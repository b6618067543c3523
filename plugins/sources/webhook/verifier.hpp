// The verification engine: a request in, a verdict out, in the order of work that makes a receiver trusted: structure,
// key, signature, freshness, decryption, policy, and only then what the event says.  Pure: it knows no host and no
// clock, and remembers nothing.  Immutable once made; any thread.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sources/webhook/certificate_chain.hpp"
#include "plugins/sources/webhook/event_template.hpp"
#include "plugins/sources/webhook/preset.hpp"
#include "plugins/sources/webhook/preset_reader.hpp"
#include "plugins/sources/webhook/provider_question.hpp"
#include "plugins/sources/webhook/public_key.hpp"
#include "plugins/sources/webhook/secrets.hpp"

namespace webhook {

// Which check stopped it.  kTemplate: it is genuine, and the user's templates make no event of it.  kConfirm: the
// provider was to be asked about it, and gave no answer that could be used; it may be sent again.
enum class Stage { kNone, kStructure, kKey, kSignature, kFreshness, kDecrypt, kPolicy, kTemplate, kConfirm };
const char *name_of(Stage stage);

struct CallbackEvent {
  std::string id, type, order;  // may be empty
  std::string channel, name, data;
  std::string dedupe_key;  // the id, or where none is signed the digest of what is
};

struct Verdict {
  Stage stage = Stage::kNone;  // kNone = accepted
  std::string reason;          // for the log; holds nothing secret
  std::vector<CallbackEvent> events;
  std::string challenge, challenge_type;  // the answer, when it was one: then there is no event
  bool is_challenge = false;
  // Not empty: nothing here counts before this was asked and verify() was called again with the answer.  What is known
  // without it is in the other fields: nothing was found against the request, or its certificate is not known.
  std::optional<Question> question;
  std::string once;  // not empty: may be taken once, but for the same events
  // Which key fitted: its place among `keys` from 1 on (0 = none, or it cannot be told), and its id, if it has one.
  size_t key = 0, keys = 0;
  std::string key_id;
  std::optional<int64_t> age_s;  // how long ago it was signed, where that is signed too; negative: ahead of our clock
  bool accepted() const { return stage == Stage::kNone; }
};

struct EventTemplates {
  std::vector<EventTemplate> channel;  // the first that can be filled
  std::optional<EventTemplate> name;   // none: the type, or the preset's name where there is no type
  std::optional<DataTemplate> data;    // none: the document
};

// A key of the provider's, ready to be used.
struct Key {
  std::string id, secret;  // as given
  std::string bytes;       // decoded
  std::string digest;      // SHA-256 of those: what a secret that is shown is compared with
  std::optional<HmacKey> hmac;
  std::optional<PublicKey> public_key;
};

class Verifier {
 public:
  // `where` is "/secrets"; nothing, after at least one complaint.
  static std::optional<Verifier> make(Preset preset, Secrets secrets, EventTemplates templates, std::string public_url,
                                      const Complain &complain);

  // `evidence`: what the provider has answered so far.
  Verdict verify(const CallbackRequest &request, int64_t now_s, const Evidence &evidence = {}) const;
  // One that was verified before it was kept (kept_request.hpp): what was masked is not asked for again.
  Verdict verify_kept(const CallbackRequest &request, int64_t received_s) const;
  const Preset &preset() const { return preset_; }
  const Secrets &secrets() const { return secrets_; }
  const std::string &public_url() const { return public_url_; }

 private:
  friend class Judgement;
  Verifier(Preset preset, Secrets secrets, EventTemplates templates, std::string public_url)
      : preset_(std::move(preset)),
        secrets_(std::move(secrets)),
        templates_(std::move(templates)),
        public_url_(std::move(public_url)) {}
  bool prepare_code(const Complain &complain);
  bool prepare_chain(const Complain &complain);
  bool prepare_keys(const Complain &complain);
  bool add_key(const std::string &id, const std::string &secret, const std::string &where, const Complain &complain);

  Preset preset_;
  Secrets secrets_;
  EventTemplates templates_;
  std::string public_url_;
  std::vector<Key> keys_;
  std::optional<CertificateChain> chain_;      // paypal
  std::shared_ptr<const Verifier> challenge_;  // for requests that are challenges by another preset
};

}  // namespace webhook
