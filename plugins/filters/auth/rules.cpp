#include "plugins/filters/auth/rules.hpp"

#include <algorithm>
#include <utility>

#include "plugins/filters/auth/jwt_rule.hpp"
#include "plugins/filters/auth/laravel_answer.hpp"
#include "plugins/filters/auth/ticket_rule.hpp"
#include "plugins/shared/pattern/pattern.hpp"

namespace auth {
namespace {

constexpr uint32_t kForbidden = 403;

}  // namespace

bool for_presence(std::string_view channel) { return channel.starts_with("presence-"); }

bool restricted(std::string_view channel) { return channel.starts_with("private-") || for_presence(channel); }

Rules::Rules(sbx::Host host, const sbx_loop &loop, const Options &options) : places_(options.places), calls_(host) {
  bool fine = true;
  for (const RuleOptions &one : options.rules) {
    const std::string kind(kind_name(one.kind));
    Rule &rule = rules_.emplace_back(Rule{one.channels, one.kind, one.where + " (" + kind + ")", nullptr, nullptr});
    const std::string where = one.where + "/" + kind;
    if (one.kind == Kind::kLaravel) rule.laravel = std::make_unique<LaravelRule>(host, loop, one.laravel, calls_);
    if (one.kind == Kind::kJwt) rule.token = make_jwt_rule(host, one.token_rule, where);
    if (one.kind == Kind::kTicket) rule.token = make_ticket_rule(host, one.token_rule, where);
    fine = fine && ((one.kind != Kind::kJwt && one.kind != Kind::kTicket) || rule.token);
  }
  if (!fine) throw sbx::Refused{};
}

void Rules::start() {
  for (const Rule &rule : rules_)
    if (rule.token) rule.token->start();
}

const Rule *Rules::find(std::string_view channel) const {
  const auto found = std::find_if(rules_.begin(), rules_.end(), [&](const Rule &rule) {
    return std::any_of(rule.channels.begin(), rule.channels.end(),
                       [&](const std::string &one) { return pattern::matches(one, channel); });
  });
  return found == rules_.end() ? nullptr : &*found;
}

void Rules::judge(const Rule &rule, uint64_t ask, const sbx_join &join, Then then) {
  const std::string_view channel = sbx::view(join.channel);
  if (rule.kind == Kind::kDeny) return then(refusal("denied", kForbidden));
  if (rule.kind == Kind::kAllow) {
    Judgement admitted;
    admitted.admitted = true;
    return then(admitted);
  }
  const Offer offer = read_offer(sbx::view(join.auth));
  const std::string token = token_of(offer, join.visitor, places_);
  if (rule.laravel)
    return rule.laravel->judge({channel, offer, token, join.visitor, for_presence(channel)}, std::move(then));
  rule.token->judge(ask, {channel, token, restricted(channel), for_presence(channel)}, std::move(then));
}

void Rules::forget(const Rule &rule, uint64_t ask) {
  if (rule.token) rule.token->forget(ask);
}

void Rules::forget_calls() {
  for (const Rule &rule : rules_)
    if (rule.laravel) rule.laravel->forget_all();
}

}  // namespace auth
