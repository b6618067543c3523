#include "plugins/filters/auth/options.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "plugins/shared/pattern/pattern.hpp"

namespace auth {
namespace {

using Json = nlohmann::json;

struct KindName {
  const char *option;
  Kind kind;
};
constexpr KindName kKinds[] = {{"laravel", Kind::kLaravel},
                               {"jwt", Kind::kJwt},
                               {"ticket", Kind::kTicket},
                               {"allow", Kind::kAllow},
                               {"deny", Kind::kDeny}};
constexpr int64_t kGraceMs = 5'000, kGraceMaxMs = 3'600'000;

// Reports problems and remembers that there were some.
class Judge {
 public:
  explicit Judge(sbx::Host host) : host_(host) {}
  void problem(const std::string &where, std::string_view what) {
    host_.problem(where, what);
    fine_ = false;
  }
  void fail() { fine_ = false; }
  sbx::Host host() const { return host_; }
  bool fine() const { return fine_; }

 private:
  sbx::Host host_;
  bool fine_ = true;
};

Places read_places(const Json &with, Judge &judge) {
  Places places{false, false, false, false, false, with.value("cookie", "")};
  const auto given = with.value("credentials", std::vector<std::string>{"subscribe", "connect", "bearer"});
  for (const std::string &name : given) {
    places.subscribe |= name == "subscribe";
    places.connect |= name == "connect";
    places.bearer |= name == "bearer";
    places.cookie |= name == "cookie";
    places.query |= name == "query";
  }
  if (places.cookie && places.cookie_name.empty())
    judge.problem("/cookie", "credentials names cookie: say here which one");
  if (!places.cookie_name.empty() && !is_token(places.cookie_name))
    judge.problem("/cookie", "this is no name of a cookie");
  if (!places.cookie && !places.cookie_name.empty())
    judge.host().warning("/cookie", "credentials does not name cookie, so this one is never read");
  return places;
}

// Exactly one of the kinds has to stand in a rule.
const KindName *kind_of(const Json &rule, const std::string &where, Judge &judge) {
  const KindName *found = nullptr;
  for (const KindName &one : kKinds) {
    if (!rule.contains(one.option)) continue;
    if (found) {
      judge.problem(where + "/" + one.option, std::string("a rule says one thing, and this one says ") + found->option +
                                                  " already; make two rules of it");
      return nullptr;
    }
    found = &one;
  }
  if (!found) judge.problem(where, "the rule does not say who may listen: write laravel, jwt, ticket, allow or deny");
  return found;
}

// Whatever `narrow` matches, `wide` matches, too.  '*' of `wide` takes the wildcards of `narrow` like any characters.
bool covers(const std::string &wide, const std::string &narrow) {
  return wide == narrow || (wide.find('?') == std::string::npos && pattern::matches(wide, narrow));
}

void warn_if_never_reached(const std::vector<RuleOptions> &rules, const RuleOptions &rule, Judge &judge) {
  const auto taken = [&](const std::string &channel) {
    return std::any_of(rules.begin(), rules.end(), [&](const RuleOptions &earlier) {
      return std::any_of(earlier.channels.begin(), earlier.channels.end(),
                         [&](const std::string &wide) { return covers(wide, channel); });
    });
  };
  if (std::all_of(rule.channels.begin(), rule.channels.end(), taken))
    judge.host().warning(rule.where, "this rule is never reached, because earlier ones match all its channels");
}

std::vector<RuleOptions> read_rules(const Json &with, Judge &judge) {
  std::vector<RuleOptions> rules;
  for (const Json &one : with.value("rules", Json::array())) {
    RuleOptions rule;
    rule.where = "/rules/" + std::to_string(rules.size());
    rule.channels = one.value("channels", std::vector<std::string>());
    if (const KindName *kind = kind_of(one, rule.where, judge)) {
      rule.kind = kind->kind;
      const std::string below = one[kind->option].dump();
      if (rule.kind == Kind::kLaravel) {
        auto laravel = read_laravel(judge.host(), below, rule.where + "/laravel");
        if (!laravel) judge.fail();
        rule.laravel = std::move(laravel).value_or(LaravelOptions());
      } else {
        rule.token_rule = below;
      }
    }
    warn_if_never_reached(rules, rule, judge);
    rules.push_back(std::move(rule));
  }
  return rules;
}

// The host carries so many requests of one instance; a jwt rule may need one for its keys.
void check_concurrency(const std::vector<RuleOptions> &rules, Judge &judge) {
  size_t room = SBX_FETCHES_MAX - static_cast<size_t>(std::count_if(rules.begin(), rules.end(), [](const auto &rule) {
                  return rule.kind == Kind::kJwt;
                }));
  for (const RuleOptions &rule : rules) {
    if (rule.kind != Kind::kLaravel) continue;
    if (rule.laravel.concurrency > room)
      return judge.problem(rule.where + "/laravel/concurrency",
                           "the rules of one filter may have at most 256 calls under way together, with one kept free "
                           "for each jwt rule");
    room -= rule.laravel.concurrency;
  }
}

std::string text_of(const Json &value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::vector<EventRule> read_events(const Json &with) {
  std::vector<EventRule> rules;
  for (const Json &one : with.value("events", Json::array())) {
    EventRule &rule = rules.emplace_back();
    rule.channels = one.value("channels", std::vector<std::string>{"*"});
    const Json require = one.value("require", Json::object());
    for (const auto &[name, allowed] : require.items()) {
      auto &values = rule.require.emplace_back(name, std::vector<std::string>()).second;
      if (allowed.is_array())
        for (const Json &value : allowed) values.push_back(text_of(value));
      else
        values.push_back(text_of(allowed));
    }
  }
  return rules;
}

int64_t read_grace(const Json &with, Judge &judge) {
  const int64_t grace_ms = with.value("presence", Json::object()).value("grace", kGraceMs);
  if (grace_ms > kGraceMaxMs) judge.problem("/presence/grace", "grace must be at most 1h");
  return grace_ms * sbx::kMillisecondNs;
}

}  // namespace

std::string_view kind_name(Kind kind) {
  for (const KindName &one : kKinds)
    if (one.kind == kind) return one.option;
  return {};
}

std::optional<Options> read_options(sbx::Host host, std::string_view config_json) {
  const Json with = Json::parse(config_json);
  Judge judge(host);
  Options out;
  out.places = read_places(with, judge);
  out.linger_ns = read_grace(with, judge);
  out.rules = read_rules(with, judge);
  check_concurrency(out.rules, judge);
  out.events = EventRules(read_events(with));
  if (!judge.fine()) return std::nullopt;
  return out;
}

}  // namespace auth
