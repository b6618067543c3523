// The filter's `with:`, read and judged.
#pragma once
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/filters/auth/credentials.hpp"
#include "plugins/filters/auth/event_rules.hpp"
#include "plugins/filters/auth/laravel_request.hpp"

namespace auth {

enum class Kind { kAllow, kDeny, kLaravel, kJwt, kTicket };
std::string_view kind_name(Kind kind);

struct RuleOptions {
  std::vector<std::string> channels = {};
  std::string where = {};  // "/rules/2"
  Kind kind = Kind::kDeny;
  LaravelOptions laravel = {};
  std::string token_rule = {};  // jwt, ticket: what stands below it, as JSON
};

struct Options {
  Places places = {};
  int64_t linger_ns = 0;
  std::vector<RuleOptions> rules = {};
  EventRules events;
};

// Nothing, after at least one host.problem(), when the configuration cannot work.
std::optional<Options> read_options(sbx::Host host, std::string_view config_json);

// The address and the terms of a `laravel` rule.  Nothing after a problem.
// `where`: "/rules/0/laravel"; `options_json`: what stands there.
std::optional<LaravelOptions> read_laravel(sbx::Host host, std::string_view options_json, const std::string &where);

}  // namespace auth
