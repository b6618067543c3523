// Judges what a plugin's entry returned, before anybody else reads it.  A plugin may be older than this signalbox:
// fields are read only as far as the struct's own `size` says (rule R5 of sbx.h).
#pragma once
#include <sbx/sbx.h>

#include <string>
#include <string_view>

#include "core/base/status.hpp"

namespace signalbox {

// Why the module is unfit, as a clause ("its filter 'x' has no create function").
// REQUIRES: `module` is NULL or points to at least its first two fields.
Status check_module(const sbx_module *module);

// Refuses a mixture of sanitized and plain code: the flags of SBX_BUILD_FLAGS, the plugin's and our own.
Status check_sanitizers(uint32_t plugin_flags, uint32_t own_flags);

// "source", "filter", "sink".
std::string_view kind_name(uint32_t kind);

}  // namespace signalbox
