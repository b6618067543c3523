// A loaded plugin file.  Whatever is wrong with a file is told in one sentence that names it; a Module exists only for
// a file that passed every check.  A file that was loaded stays mapped until the process ends (thread-local
// destructors, sanitizer reports and a plugin's own threads may point into it), so the tables outlive the Module.
// Made at start-up on the main thread; read-only afterwards.  The only place that knows Boost.DLL is module.cpp.
#pragma once
#include <sbx/sbx.h>

#include <memory>
#include <span>
#include <string>

#include "core/base/status.hpp"

namespace signalbox {

class Module {
 public:
  Module(std::string path, const sbx_module *table) : path_(std::move(path)), table_(table) {}
  const std::string &path() const { return path_; }
  // Never empty; every entry has passed check_module.
  std::span<const sbx_plugin *const> plugins() const { return {table_->plugins, table_->plugin_count}; }
  std::string_view name() const { return table_->name ? table_->name : ""; }
  std::string_view version() const { return table_->version ? table_->version : ""; }
  std::string_view toolchain() const { return table_->toolchain ? table_->toolchain : ""; }

 private:
  std::string path_;
  const sbx_module *table_;
};

Result<std::shared_ptr<const Module>> load_module(const std::string &path);

}  // namespace signalbox
