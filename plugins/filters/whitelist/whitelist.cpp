// The filter `whitelist`: what may leave, by channel, event and JSON pointer.  It fails closed: what it cannot judge
// does not pass.
#include <optional>
#include <sbx/sbx.hpp>
#include <string>

#include "plugins/filters/whitelist/rules.hpp"
#include "plugins/filters/whitelist/strip.hpp"

namespace whitelist {
namespace {

constexpr const char kSchema[] =
#include "schema.json.inc"
    ;

Rules rules_or_throw(sbx::Host host, std::string_view config) {
  auto rules = read_rules(host, config);
  if (!rules) throw sbx::Refused{};
  return *std::move(rules);
}

class Whitelist {
 public:
  Whitelist(sbx::Host host, std::string_view config) : host_(host), rules_(rules_or_throw(host, config)) {}

  sbx_status on_event(const sbx_event &e) {
    const Rule *rule = rules_.find(sbx::view(e.channel), sbx::view(e.name));
    if (!rule) return without_rule(e);
    if ((e.flags & SBX_EVENT_BINARY) != 0) return rule->keep.root().keep ? SBX_OK : drop("binary");
    switch (stripper_.strip(sbx::view(e.data), rule->keep, left_)) {
      case Stripped::kUnchanged:
        return SBX_OK;
      case Stripped::kChanged:
        return replace(e, left_);
      case Stripped::kTooDeep:
        return drop("too_deep");
      case Stripped::kNotJson:
        break;
    }
    return drop("not_json");
  }

 private:
  sbx_status drop(std::string_view reason) {
    host_.reason(reason);
    return SBX_DROP;
  }
  sbx_status without_rule(const sbx_event &e) {
    if (rules_.otherwise == Otherwise::kPass) return SBX_OK;
    return rules_.otherwise == Otherwise::kEmpty ? replace(e, "{}") : drop("no_rule");
  }
  // The same event with other data goes on behind this filter; this one ends here.
  sbx_status replace(const sbx_event &e, std::string_view data) {
    sbx::Draft draft{sbx::view(e.channel), sbx::view(e.name), data, sbx::view(e.id), sbx::view(e.except)};
    draft.attrs = e.attrs;
    draft.attr_count = e.attr_count;
    return host_.emit(draft) == SBX_OK ? SBX_DROP : SBX_EINTERNAL;
  }

  sbx::Host host_;
  const Rules rules_;
  Stripper stripper_;
  std::string left_;
};

constexpr sbx_plugin kWhitelist =
    sbx::table<Whitelist>(SBX_FILTER, "whitelist", "1.0.0", "Lets only listed events pass, with only listed fields.",
                          kSchema, SBX_CAP_LIMITS_FIELDS);

}  // namespace
}  // namespace whitelist

SBX_MODULE("signalbox-whitelist", "1.0.0", &whitelist::kWhitelist)
