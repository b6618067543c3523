// The whole way from the text of a configuration file to a model: parse, interpolate, check against the core's own
// schema and the plugins', check how the parts are joined.  Pure but for what Environment and Catalog do.
#pragma once
#include <optional>
#include <string_view>

#include "core/config/catalog.hpp"
#include "core/config/diagnose.hpp"
#include "core/config/interpolate.hpp"
#include "core/config/model.hpp"

namespace signalbox::config {

// Opens `diagnostics` for the file and leaves everything there that is wrong with it.  Nothing = there is an error;
// warnings alone leave a model.  Paths in the model are resolved against the folder of `file_name`.
std::optional<Model> load(std::string_view file_name, std::string_view text, const Catalog &catalog,
                          const Environment &environment, Diagnostics &diagnostics);

}  // namespace signalbox::config
