// The schema of the file itself, without the plugins' `with:`.
#pragma once
#include "core/config/schema.hpp"

namespace signalbox::config {

// The text, also for editors and for documentation.
const char *core_schema_json();
// The same, compiled once.
const Schema &core_schema();

}  // namespace signalbox::config
