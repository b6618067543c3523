// The filter `auth`: who may listen to the channels of its pipelines, and which events may pass by where they come
// from. One instance, on one lane: what it asks an application it asks once for all lanes.
#include <memory>
#include <optional>
#include <sbx/sbx.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "plugins/filters/auth/decisions.hpp"
#include "plugins/filters/auth/laravel_answer.hpp"
#include "plugins/filters/auth/options.hpp"
#include "plugins/filters/auth/rules.hpp"

namespace auth {
namespace {

constexpr const char kSchema[] =
#include "schema.json.inc"
    ;

constexpr uint32_t kForbidden = 403, kNobodyAsked = 0;

Options options_or_throw(sbx::Host host, std::string_view config) {
  auto options = read_options(host, config);
  if (!options) throw sbx::Refused{};
  return *std::move(options);
}

template <class Service>
const Service &service_or_throw(sbx::Host host) {
  const auto *table = host.service<Service>();
  if (!table) throw std::runtime_error("this signalbox is too old for the auth filter");
  return *table;
}

class Auth {
 public:
  Auth(sbx::Host host, std::string_view config) : Auth(host, options_or_throw(host, config)) {}

  sbx_status start() {
    rules_.start();
    return SBX_OK;
  }
  void stop(int64_t deadline_ns);
  sbx_status on_event(const sbx_event &event) {
    if (events_.pass(event)) return SBX_OK;
    host_.reason("attributes");
    return SBX_DROP;
  }
  const void *extension(std::string_view name) { return name == SBX_ADMISSION ? &kGatekeeper : nullptr; }

 private:
  Auth(sbx::Host host, const Options &options)
      : host_(host),
        admission_(service_or_throw<sbx_admission>(host)),
        linger_ns_(options.linger_ns),
        events_(options.events),
        decisions_(host),
        rules_(host, service_or_throw<sbx_loop>(host), options) {}

  sbx_status admit(sbx_id ask, const sbx_join &join);
  void settle(sbx_id ask, const Judgement &judgement);
  void refuse(sbx_id ask, std::string_view rule, std::string_view channel, const Judgement &why);

  static const sbx_gatekeeper kGatekeeper;

  // Somebody who waits to be let in.
  struct Asked {
    const Rule *rule;
    std::string channel;
  };

  sbx::Host host_;
  const sbx_admission &admission_;
  const int64_t linger_ns_;
  const EventRules events_;
  Decisions decisions_;
  Rules rules_;
  std::unordered_map<sbx_id, Asked> asked_;
  bool stopping_ = false;
};

// Every answer goes by answer(), because only there a code and a principal can be said.
sbx_status Auth::admit(sbx_id ask, const sbx_join &join) {
  const std::string_view channel = sbx::view(join.channel);
  const Rule *rule = rules_.find(channel);
  if (stopping_) {
    refuse(ask, rule ? rule->name : std::string_view(), channel, refusal("stopping", kNobodyAsked));
  } else if (rule) {
    asked_.emplace(ask, Asked{rule, std::string(channel)});
    rules_.judge(*rule, ask, join, [this, ask](const Judgement &judgement) { settle(ask, judgement); });
  } else if (restricted(channel)) {
    refuse(ask, {}, channel, refusal("no_rule", kForbidden));
  } else {
    return SBX_OK;
  }
  return SBX_PENDING;
}

void Auth::settle(sbx_id ask, const Judgement &judgement) {
  const auto found = asked_.extract(ask);
  if (found.empty()) return;
  const auto &[rule, channel] = found.mapped();
  if (!judgement.admitted) return refuse(ask, rule->name, channel, judgement);
  const bool presence = for_presence(channel);
  // Without these two nobody could be shown to the others.
  if (presence && (judgement.member.empty() || judgement.principal.empty()))
    return refuse(ask, rule->name, channel, refusal("no_member", kForbidden));
  decisions_.admitted(kind_name(rule->kind));
  sbx_grant grant{};
  grant.size = sizeof grant;
  grant.status = SBX_OK;
  grant.flags = SBX_GRANT_VOUCHED;
  grant.principal = sbx::raw(judgement.principal);
  if (presence) {
    grant.member = sbx::raw(judgement.member);
    grant.linger_ns = linger_ns_;
  }
  grant.until_ns = judgement.until_ns;
  admission_.answer(host_.get(), ask, &grant);
}

void Auth::refuse(sbx_id ask, std::string_view rule, std::string_view channel, const Judgement &why) {
  decisions_.refused(rule, channel, why);
  sbx_grant grant{};
  grant.size = sizeof grant;
  grant.status = SBX_EREFUSED;
  grant.code = why.code;
  admission_.answer(host_.get(), ask, &grant);
}

// Who still waits may try again elsewhere, or later.
void Auth::stop(int64_t) {
  stopping_ = true;
  rules_.forget_calls();
  for (auto &[ask, asked] : std::exchange(asked_, {})) {
    rules_.forget(*asked.rule, ask);
    refuse(ask, asked.rule->name, asked.channel, refusal("stopping", kNobodyAsked));
  }
  host_.stopped();
}

const sbx_gatekeeper Auth::kGatekeeper = {
    sizeof(sbx_gatekeeper), 0, [](void *self, sbx_id ask, const sbx_join *join) noexcept -> sbx_status {
      auto &box = sbx::Adapter<Auth>::box(self);
      return sbx::guarded<sbx_status>(box.host, SBX_EREFUSED, [&] { return box.plugin.admit(ask, *join); });
    }};

constexpr sbx_plugin kAuth = sbx::table<Auth>(
    SBX_FILTER, "auth", "1.0.0",
    "Decides who may listen: Laravel's auth endpoint, tokens, tickets; and which events may pass.", kSchema);

}  // namespace
}  // namespace auth

SBX_MODULE("signalbox-auth", "1.0.0", &auth::kAuth)
