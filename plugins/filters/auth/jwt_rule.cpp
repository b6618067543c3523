#include "plugins/filters/auth/jwt_rule.hpp"

#include <limits>
#include <map>
#include <utility>

#include "plugins/filters/auth/jwt_options.hpp"
#include "plugins/shared/jose_keys/key_store.hpp"

namespace auth {
namespace {

using jose::Fault;

std::string_view word_of(Fault fault) {
  switch (fault) {
    case Fault::kAlgorithm:
      return "algorithm";
    case Fault::kCritical:
      return "critical";
    case Fault::kType:
      return "type";
    case Fault::kNoKey:
      return "unknown_key";
    case Fault::kSignature:
      return "signature";
    case Fault::kIssuer:
      return "issuer";
    case Fault::kAudience:
      return "audience";
    case Fault::kExpired:
      return "expired";
    case Fault::kNotYet:
      return "not_yet";
    case Fault::kNone:
    case Fault::kMalformed:
    case Fault::kNonce:
    case Fault::kSubject:
      break;
  }
  return "malformed";
}

Judgement refused(std::string_view reason, uint32_t code) { return {false, reason, code}; }

// A time so far ahead that nanoseconds cannot say it is as good as the last that they can.
int64_t wall_ns_of(double seconds) {
  constexpr double kSecondsMax = 9.2e9;
  if (seconds >= kSecondsMax) return std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(seconds * 1e9);
}

class JwtRule : public TokenRule {
 public:
  JwtRule(sbx::Host host, JwtOptions options)
      : host_(host), loop_(host.service<sbx_loop>()), options_(std::move(options)), store_(host) {
    store_.add(options_.keys);
  }

  // The first client does not wait for keys that could have been had before it came.
  void start() override { store_.prefetch(options_.keys); }

  void judge(uint64_t ask, const TokenAsk &about, std::function<void(const Judgement &)> then) override {
    if (about.token.empty()) return then(refused("no_token", 401));
    if (about.token.size() > jose::kTokenBytesMax) return then(refused("malformed", 401));
    const size_t bytes = about.token.size() + about.channel.size();
    if (waiting_bytes_ + bytes > kWaitingTokenBytesMax) return then(refused("no_keys", 0));
    waiting_bytes_ += bytes;
    asks_[ask] = {std::string(about.channel), std::string(about.token), about.presence, nullptr, std::move(then)};
    get_keys(ask, false);
  }

  void forget(uint64_t ask) override {
    store_.forget(ask);
    take(ask);
  }

 private:
  using Then = std::function<void(const Judgement &)>;

  struct Ask {
    std::string channel, token;
    bool presence = false;
    jose::Keys tried;  // nullptr: none yet
    Then then;
  };

  void get_keys(uint64_t ask, bool wanting) {
    store_.get(options_.keys, ask, wanting, [this, ask](const jose::Keys &keys) { on_keys(ask, keys); });
  }

  void on_keys(uint64_t ask, const jose::Keys &keys) {
    const auto found = asks_.find(ask);
    if (found == asks_.end()) return;
    Ask &about = found->second;
    if (!keys) return answer(ask, refused("no_keys", 0));
    const bool again = about.tried != nullptr;
    // Asked for newer ones and given the same: what was found then is the answer.
    if (keys == about.tried) return answer(ask, refused(word_of(Fault::kNoKey), 401));
    const auto verified = jose::verify(about.token, *keys, options_.rules);
    // The issuer may have changed its keys a moment ago.
    if (verified.fault == Fault::kNoKey && !again) {
      about.tried = keys;
      return get_keys(ask, true);
    }
    if (verified.fault != Fault::kNone) return answer(ask, refused(word_of(verified.fault), 401));
    answer(ask, judged(verified.claims, about));
  }

  Judgement judged(std::string_view claims, const Ask &about) const {
    const int64_t now_s = loop_->wall_ns(host_.get()) / sbx::kSecondNs;
    const Fault fault = jose::check_claims(claims, options_.expected, now_s);
    if (fault != Fault::kNone) return refused(word_of(fault), 401);
    auto read = read_token_claims(claims, options_.places, about.channel);
    if (!read) return refused("malformed", 401);
    if (!read->covers) return refused("channel_not_in_token", 403);
    Judgement admitted;
    admitted.admitted = true;
    if (about.presence) {
      if (read->principal.empty()) return refused("no_user", 403);
      if (read->member.size() > SBX_MEMBER_MAX) return refused("member_too_long", 403);
      admitted.member = std::move(read->member);
    }
    admitted.principal = std::move(read->principal);
    if (read->expires_s > 0)
      admitted.until_ns = wall_ns_of(read->expires_s + static_cast<double>(options_.expected.leeway_s));
    return admitted;
  }

  Then take(uint64_t ask) {
    const auto found = asks_.find(ask);
    if (found == asks_.end()) return nullptr;
    waiting_bytes_ -= found->second.token.size() + found->second.channel.size();
    Then then = std::move(found->second.then);
    asks_.erase(found);
    return then;
  }

  void answer(uint64_t ask, const Judgement &judgement) {
    if (const Then then = take(ask)) then(judgement);
  }

  sbx::Host host_;
  const sbx_loop *loop_;
  const JwtOptions options_;
  std::map<uint64_t, Ask> asks_;
  size_t waiting_bytes_ = 0;
  jose::KeyStore store_;  // ends first: it calls on the others
};

}  // namespace

std::unique_ptr<TokenRule> make_jwt_rule(sbx::Host host, std::string_view options_json, std::string_view pointer) {
  auto options = read_jwt_options(host, options_json, pointer);
  if (!options) return nullptr;
  return std::make_unique<JwtRule>(host, *std::move(options));
}

}  // namespace auth
