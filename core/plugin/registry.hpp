// Which plugins are installed.  Loads every *.so of the directories it is given, keeps what is fit and remembers, in
// sentences, what is not: a broken file that no pipeline uses stops nobody.  Filled at start-up on the main thread;
// read-only, and so shared by all threads, afterwards.
#pragma once
#include <sbx/sbx.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/plugin/module.hpp"

namespace signalbox {

// Where plugins are looked for, first the program's own: <program dir>/../lib/signalbox/plugins, then `extra`
// (--plugin-dir), then `environment` (SIGNALBOX_PLUGIN_PATH, separated by colons).  No directory twice.
std::vector<std::string> plugin_directories(const std::string &program_path, const std::vector<std::string> &extra,
                                            std::string_view environment);

struct InstalledPlugin {
  const sbx_plugin *plugin;
  std::shared_ptr<const Module> module;
};

class Registry {
 public:
  struct Problem {
    std::string file;
    std::string message;  // one sentence that names the file
  };

  // Loads the *.so files of a directory in the order of their names.
  void scan(const std::string &directory);
  // Loads one file.  Of two plugins of one kind with the same type the first one stays.
  void add(const std::string &file);

  const InstalledPlugin *find(uint32_t kind, std::string_view type) const;
  // Sorted.
  std::vector<std::string> names(uint32_t kind) const;
  // By kind (source, filter, sink), then by type.
  std::vector<const InstalledPlugin *> all() const;
  const std::vector<Problem> &problems() const { return problems_; }
  // Why a pipeline cannot have this plugin: names the broken file that would have held it, as far as that can be told.
  // REQUIRES: find(kind, type) is nullptr
  std::string why_missing(uint32_t kind, std::string_view type) const;

 private:
  void keep(const sbx_plugin *plugin, const std::shared_ptr<const Module> &module);

  std::map<std::pair<uint32_t, std::string>, InstalledPlugin, std::less<>> plugins_;
  std::vector<std::string> seen_;  // canonical paths of the files already looked at
  std::vector<Problem> problems_;
};

}  // namespace signalbox
