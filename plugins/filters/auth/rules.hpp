// Rules: who may listen to what.  Holds the filter's rules at work, finds the first that is for a channel, and has it
// judge.  One to an instance; lane only.
#pragma once
#include <functional>
#include <memory>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/filters/auth/laravel_rule.hpp"
#include "plugins/filters/auth/options.hpp"
#include "plugins/filters/auth/token_rule.hpp"

namespace auth {

struct Rule {
  std::vector<std::string> channels;
  Kind kind;
  std::string name;                      // "/rules/2 (laravel)", for log lines
  std::unique_ptr<LaravelRule> laravel;  // of kind kLaravel
  std::unique_ptr<TokenRule> token;      // of kinds kJwt and kTicket
};

bool restricted(std::string_view channel);  // "private-..." or "presence-..."
bool for_presence(std::string_view channel);

class Rules {
 public:
  using Then = std::function<void(const Judgement &)>;

  // Throws sbx::Refused when a rule cannot work; it has reported a problem then.
  Rules(sbx::Host host, const sbx_loop &loop, const Options &options);

  void start();
  const Rule *find(std::string_view channel) const;  // nullptr: none is for it
  // Calls `then` once, before it returns or in a later call.
  void judge(const Rule &rule, uint64_t ask, const sbx_join &join, Then then);
  // `then` of this ask, for which `rule` was found, is not called any more.
  void forget(const Rule &rule, uint64_t ask);
  // The same for all `laravel` rules.
  void forget_calls();

 private:
  const Places places_;
  CallMetrics calls_;
  std::vector<Rule> rules_;
};

}  // namespace auth
