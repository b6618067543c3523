#include "core/plugin/module_check.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

using signalbox::check_module;
using signalbox::check_sanitizers;

namespace {

void *create(const sbx_host *, sbx_str) noexcept { return nullptr; }
void destroy(void *) noexcept {}

sbx_plugin fit() {
  sbx_plugin plugin{};
  plugin.size = sizeof plugin;
  plugin.kind = SBX_FILTER;
  plugin.type = "x";
  plugin.schema_json = "{}";
  plugin.create = create;
  plugin.destroy = destroy;
  return plugin;
}

std::string why_not(const std::vector<const sbx_plugin *> &plugins) {
  sbx_module module{};
  module.magic = SBX_MAGIC;
  module.size = sizeof module;
  module.plugins = plugins.data();
  module.plugin_count = plugins.size();
  auto status = check_module(&module);
  return status.ok() ? "" : status.message();
}

std::string why_not(const sbx_plugin &plugin) { return why_not(std::vector{&plugin}); }

std::string why_not_module(sbx_module module) {
  auto status = check_module(&module);
  return status.ok() ? "" : status.message();
}

}  // namespace

TEST_CASE("a table with nothing but what is required is fit") { CHECK(why_not(fit()) == ""); }

TEST_CASE("a table without a required field is told by its type and the field") {
  sbx_plugin plugin = fit();
  plugin.type = nullptr;
  CHECK(why_not(plugin) == "its plugin number 1 has no type name");
  plugin = fit();
  plugin.schema_json = nullptr;
  CHECK(why_not(plugin) == "its filter 'x' has no schema");
  plugin = fit();
  plugin.create = nullptr;
  CHECK(why_not(plugin) == "its filter 'x' has no create function");
  plugin = fit();
  plugin.destroy = nullptr;
  CHECK(why_not(plugin) == "its filter 'x' has no destroy function");
}

TEST_CASE("a kind, a type name and a schema must be ones") {
  sbx_plugin plugin = fit();
  plugin.kind = 4;
  CHECK(why_not(plugin) == "its plugin number 1 is neither source, filter nor sink (kind 4)");
  const std::string rule = "'; only lower-case letters, digits and '_' may be in it, 64 at most";
  const std::string long_name(65, 'a');
  for (const char *name : {"", "Redis", "my-plugin", "a b", "\xc3\xa9", long_name.c_str()}) {
    plugin = fit();
    plugin.type = name;
    CHECK(why_not(plugin) == "its plugin number 1 has the type name '" + std::string(name).substr(0, 64) + rule);
  }
  const std::string longest(64, 'a');
  plugin = fit();
  plugin.type = longest.c_str();
  CHECK(why_not(plugin) == "");
  for (const char *schema : {"", "{", "[]", "3", "{} {}"}) {
    plugin = fit();
    plugin.schema_json = schema;
    CHECK(why_not(plugin) == "its filter 'x' has a schema that is not a JSON object");
  }
}

TEST_CASE("the second plugin of a module is judged like the first") {
  sbx_plugin one = fit(), two = fit();
  CHECK(why_not({&one, &two}) == "it holds the filter 'x' twice");
  two.kind = SBX_SINK;
  CHECK(why_not({&one, &two}) == "");
  two.create = nullptr;
  CHECK(why_not({&one, &two}) == "its sink 'x' has no create function");
  CHECK(why_not({&one, nullptr}) == "its plugin number 2 is missing from its list");
}

TEST_CASE("fields behind a table's size are not read") {
  // Exactly as much memory as `size` says: one byte more is a fault that the address sanitizer reports.
  const sbx_plugin whole = fit();
  const size_t required = offsetof(sbx_plugin, destroy) + sizeof whole.destroy;
  for (size_t size = sizeof(uint32_t); size <= sizeof whole; size += sizeof(uint32_t)) {
    std::unique_ptr<void, decltype(&std::free)> memory(std::malloc(size), std::free);
    std::memcpy(memory.get(), &whole, size);
    auto *plugin = static_cast<sbx_plugin *>(memory.get());
    plugin->size = static_cast<uint32_t>(size);
    CAPTURE(size);
    CHECK(why_not(std::vector<const sbx_plugin *>{plugin}) ==
          (size < required ? "its plugin number 1 has a table that is too small" : ""));
  }
}

TEST_CASE("what an entry returned must be a module") {
  auto refused = check_module(nullptr);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.message() == "its entry refused plugin ABI 1.0; it may need a newer signalbox");
  const sbx_plugin plugin = fit();
  const sbx_plugin *const plugins[] = {&plugin};
  const sbx_module whole{SBX_MAGIC, sizeof whole, 0, 0, nullptr, nullptr, nullptr, plugins, 1};
  CHECK(why_not_module(whole) == "");
  sbx_module module = whole;
  module.magic = 0;
  CHECK(why_not_module(module) == "its entry returned something that is not a signalbox module");
  module = whole;
  module.size = offsetof(sbx_module, plugin_count);
  CHECK(why_not_module(module) == "its entry returned a module that is too small");
  module = whole;
  module.plugin_count = 0;
  CHECK(why_not_module(module) == "there is no plugin in it");
  module.plugin_count = 257;
  CHECK(why_not_module(module) == "it claims to hold 257 plugins");
  module = whole;
  module.plugins = nullptr;
  CHECK(why_not_module(module) == "there is no plugin in it");
  module = whole;
  module.abi_minor = 7;  // a newer minor only knows more
  CHECK(why_not_module(module) == "");
}

TEST_CASE("sanitized and plain code are not mixed, in neither direction") {
  auto why = [](uint32_t plugin, uint32_t own) {
    auto status = check_sanitizers(plugin, own);
    return status.ok() ? "" : status.message();
  };
  CHECK(why(0, 0) == "");
  CHECK(why(SBX_BUILD_ASAN, SBX_BUILD_ASAN) == "");
  CHECK(why(SBX_BUILD_UBSAN, 0) == "");  // brings its own runtime along and bothers nobody
  CHECK(why(SBX_BUILD_ASAN, 0) == "it is built with AddressSanitizer, this signalbox without it; build both alike");
  CHECK(why(0, SBX_BUILD_ASAN) == "it is built without AddressSanitizer, this signalbox with it; build both alike");
  CHECK(why(SBX_BUILD_TSAN, 0) == "it is built with ThreadSanitizer, this signalbox without it; build both alike");
  CHECK(why(0, SBX_BUILD_TSAN) == "it is built without ThreadSanitizer, this signalbox with it; build both alike");
}
