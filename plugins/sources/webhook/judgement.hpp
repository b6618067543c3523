// One request before its verifier: the checks in their order, each a function that finds nothing to say or a fault. For
// the verifier only; lives for one call.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sources/webhook/inputs.hpp"
#include "plugins/sources/webhook/paypal.hpp"
#include "plugins/sources/webhook/verifier.hpp"

namespace webhook {

// The 32 bytes that a secret makes; empty when it makes none.
std::string decrypt_key(const DecryptSpec &spec, std::string_view secret);

class Judgement {
 public:
  // `kept`: it was verified once, and the secrets that it showed are masked.
  // REQUIRES: all outlive this
  Judgement(const Verifier &verifier, const CallbackRequest &request, int64_t now_s, const Evidence &evidence,
            bool kept = false);
  Verdict of_events();
  Verdict of_challenge();

 private:
  struct Fault {
    Stage stage = Stage::kNone;
    std::string reason;
  };
  using Finding = std::optional<Fault>;

  Finding verify();  // up to and with policy
  Verdict refused(Fault fault) const;
  void tell_key(Verdict &verdict) const;
  Finding gate();
  Finding content();
  Finding find_parts();
  Finding equalities(const std::vector<Equality> &all);
  Finding signatures();
  Finding signature();
  Finding signature_of_text(const std::vector<std::string> &offered, const std::vector<const Key *> &keys);
  bool fits(const Key &key, std::string_view text, const std::vector<std::string> &offered, Hash hash) const;
  bool tokens_fit(const std::vector<std::string> &offered);
  bool basic_fits(const std::vector<std::string> &offered) const;
  Finding choose_hash(Hash &hash);
  Finding choose_keys(std::vector<const Key *> &keys);
  size_t place_of(const Key &key) const;
  // Of those that are verified by code: judgement_code.cpp.
  Finding signature_by_code();
  Finding plain_by_code();
  Finding challenge_by_code(Verdict &verdict);
  Finding confirmation();
  Finding paypal_headers();
  Finding paypal_signature();
  Finding paypal_certificate(std::string &pem);
  Finding paypal_confirmation();
  Finding ipn_fields();
  Finding ipn_confirmation();
  Finding braintree_signature();
  Finding braintree_payload();
  Finding mollie_payment();
  Finding mollie_answer(const ProviderAnswer &answer, const std::string &id);
  const ProviderAnswer *answer_about(Question::About about) const;
  Finding body_digest();
  Finding also_token();
  Finding freshness();
  Finding decrypt();
  Finding answer_challenge(Verdict &verdict);
  Finding events(Verdict &verdict);
  Finding event(std::vector<CallbackEvent> &to);
  Finding render(const EventValues &values, CallbackEvent &event);
  std::string first_of(const std::vector<Source> &sources, bool &malformed);
  std::string dedupe_key(const CallbackEvent &event, size_t index);
  std::vector<std::string> urls() const;

  const Verifier &verifier_;
  const Preset &preset_;
  const CallbackRequest &request_;
  const int64_t now_s_;
  const bool kept_;
  const Evidence &evidence_;
  Inputs inputs_;
  std::string_view content_type_;        // without its parameters
  std::vector<std::string_view> parts_;  // raw elements, where each is signed by itself
  size_t fitted_ = 0;                    // the place of the key that fitted, from 1 on
  std::optional<int64_t> age_s_;
  std::optional<Question> question_;
  PaypalHeaders paypal_;
  std::string webhook_id_;         // of those that were set the one that it was signed for
  std::string event_id_;           // not empty: instead of what the preset takes for it
  std::string dedupe_id_;          // not empty: what it is known by, where its id is not enough
  bool hint_only_ = false;         // it says that something happened, and nobody has said what yet
  bool nothing_happened_ = false;  // ... or nothing did
};

}  // namespace webhook
