// What must hold of a provider's settings together, and what is read from files for it.  Inside this folder only.
#pragma once
#include "plugins/sources/oauth/provider.hpp"
#include "plugins/sources/oauth/settings_impl.hpp"

namespace oauth {

// Reads the settings that need more than their own kind to be right, and complains about what does not fit.
void check_provider(Settings &from, Provider &to, const ReadFile &read_file);

}  // namespace oauth
