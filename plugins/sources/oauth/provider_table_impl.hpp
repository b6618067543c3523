// The built-in presets (providers.json), and discovery documents (OpenID Connect Discovery 1.0 section 3, RFC 8414
// section 2), as settings that an operator's own are laid over.  Inside this folder only, because of nlohmann.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace oauth {

// nullptr when there is no preset of this name.
const nlohmann::json *preset_settings(std::string_view preset);
std::string preset_names();  // "github, google, ..."

// A discovery document in the names of our settings.  Nothing, when it is no JSON object or names no issuer.
std::optional<nlohmann::json> discovered_settings(std::string_view document);

}  // namespace oauth
