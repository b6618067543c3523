// The filter `only`: passes the events whose name is on its list and drops all others.
#include <nlohmann/json.hpp>
#include <sbx/sbx.hpp>
#include <set>
#include <string>

namespace {

constexpr const char *kSchema = R"({
  "type": "object", "additionalProperties": false, "required": ["names"],
  "properties": {
    "names": { "type": "array", "minItems": 1, "items": { "type": "string", "minLength": 1 },
               "description": "Names of the events that pass.", "examples": [["order.paid"]] }
  }
})";

class Only {
 public:
  // signalbox has checked `config` against kSchema; what a schema cannot say is checked here.
  Only(sbx::Host host, std::string_view config) : host_(host) {
    const auto with = nlohmann::json::parse(config);
    for (size_t i = 0; const auto &name : with.at("names")) {
      if (!names_.insert(name.get<std::string>()).second) {
        host.problem("/names/" + std::to_string(i), "is on the list twice; remove one");
      }
      ++i;
    }
  }

  sbx_status on_event(const sbx_event &event) const {
    if (names_.contains(sbx::view(event.name))) return SBX_OK;
    host_.reason("not_listed");
    return SBX_DROP;
  }

 private:
  sbx::Host host_;
  std::set<std::string, std::less<>> names_;
};

constexpr sbx_plugin kOnly =
    sbx::table<Only>(SBX_FILTER, "only", "1.0.0", "Passes the events whose name is on a list.", kSchema);

}  // namespace

SBX_MODULE("only", "1.0.0", &kOnly)
