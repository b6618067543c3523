// With HOOK_NOEXCEPT=noexcept this compiles; without, the table must not take a function that may throw (rule R2).
#include <sbx/sbx.h>

static sbx_status start(void *) HOOK_NOEXCEPT { return SBX_OK; }

sbx_plugin plugin_with_hook() {
  sbx_plugin plugin{};
  plugin.start = start;
  return plugin;
}
