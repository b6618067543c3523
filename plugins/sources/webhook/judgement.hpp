// One request before its verifier: the checks in their order, each a function that finds nothing to say or a fault. For
// the verifier only; lives for one call.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sources/webhook/inputs.hpp"
#include "plugins/sources/webhook/verifier.hpp"

namespace webhook {

// The 32 bytes that a secret makes; empty when it makes none.
std::string decrypt_key(const DecryptSpec &spec, std::string_view secret);

class Judgement {
 public:
  Judgement(const Verifier &verifier, const CallbackRequest &request, int64_t now_s);
  Verdict of_events();
  Verdict of_challenge();

 private:
  struct Fault {
    Stage stage = Stage::kNone;
    std::string reason;
  };
  using Finding = std::optional<Fault>;

  Finding verify();  // up to and with policy
  Finding gate();
  Finding content();
  Finding find_parts();
  Finding equalities(const std::vector<Equality> &all);
  Finding signatures();
  Finding signature();
  Finding signature_of_text(const std::vector<std::string> &offered, const std::vector<const Key *> &keys);
  bool fits(const Key &key, std::string_view text, const std::vector<std::string> &offered, Hash hash) const;
  bool basic_fits(const std::vector<std::string> &offered) const;
  Finding choose_hash(Hash &hash);
  Finding choose_keys(std::vector<const Key *> &keys);
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
  Inputs inputs_;
  std::string content_type_;             // without its parameters
  std::vector<std::string_view> parts_;  // raw elements, where each is signed by itself
};

}  // namespace webhook
