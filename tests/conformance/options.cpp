#include "tests/conformance/options.hpp"

#include <nlohmann/json.hpp>

namespace conformance {

Options read_options(std::string_view config_json) {
  const auto with = nlohmann::json::parse(config_json);
  // A string, because it comes from the environment.
  const std::string eio3 = with.value("eio3", "");
  return {with.value("listener", ""), eio3 == "1" || eio3 == "true" || eio3 == "yes"};
}

}  // namespace conformance
