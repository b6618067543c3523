#include "core/plugin/registry.hpp"

#include <algorithm>
#include <filesystem>

#include "core/base/limits.hpp"
#include "core/plugin/module_check.hpp"

namespace signalbox {
namespace {

namespace fs = std::filesystem;

void add_directory(std::vector<std::string> &directories, const fs::path &directory) {
  std::string normal = directory.lexically_normal().string();
  if (normal.size() > 1 && normal.ends_with('/')) normal.pop_back();
  if (!normal.empty() && std::find(directories.begin(), directories.end(), normal) == directories.end()) {
    directories.push_back(std::move(normal));
  }
}

// The same file under every name that leads to it.
std::string canonical(const std::string &file) {
  std::error_code failure;
  fs::path path = fs::canonical(file, failure);
  return failure ? file : path.string();
}

// "redis.so", "libredis.so" and "signalbox_redis.so" are all files in which one expects the type "redis".
bool is_named_after(const std::string &file, std::string_view type) {
  std::string stem = fs::path(file).stem().string();
  std::replace(stem.begin(), stem.end(), '-', '_');
  std::string_view rest = stem;
  for (std::string_view prefix : {"lib", "signalbox_"}) {
    if (rest != type && rest.starts_with(prefix)) rest.remove_prefix(prefix.size());
  }
  return rest == type;
}

}  // namespace

std::vector<std::string> plugin_directories(const std::string &program_path, const std::vector<std::string> &extra,
                                            std::string_view environment) {
  std::vector<std::string> directories;
  add_directory(directories, fs::path(program_path).parent_path() / "../lib/signalbox/plugins");
  for (const std::string &directory : extra) add_directory(directories, directory);
  while (!environment.empty()) {
    const size_t end = std::min(environment.find(':'), environment.size());
    add_directory(directories, environment.substr(0, end));
    environment.remove_prefix(std::min(end + 1, environment.size()));
  }
  return directories;
}

void Registry::scan(const std::string &directory) {
  std::error_code failure;
  std::vector<std::string> files;
  fs::directory_iterator entry(directory, failure);
  for (; !failure && entry != fs::directory_iterator(); entry.increment(failure)) {
    if (entry->path().extension() == ".so") files.push_back(entry->path().string());
  }
  if (failure) {
    problems_.push_back({directory, "cannot look for plugins in " + directory + ": " + failure.message()});
  }
  std::sort(files.begin(), files.end());
  if (files.size() > limits::kPluginFilesMax) {
    problems_.push_back({directory, "only the first " + std::to_string(limits::kPluginFilesMax) + " of " +
                                        std::to_string(files.size()) + " plugin files in " + directory +
                                        " are loaded; it holds too many"});
    files.resize(limits::kPluginFilesMax);
  }
  for (const std::string &file : files) add(file);
}

void Registry::add(const std::string &file) {
  std::string real = canonical(file);
  if (std::find(seen_.begin(), seen_.end(), real) != seen_.end()) return;
  seen_.push_back(std::move(real));
  auto module = load_module(file);
  if (!module.ok()) {
    problems_.push_back({file, module.message()});
    return;
  }
  for (const sbx_plugin *plugin : (*module)->plugins()) keep(plugin, *module);
}

void Registry::keep(const sbx_plugin *plugin, const std::shared_ptr<const Module> &module) {
  auto [place, is_new] = plugins_.try_emplace({plugin->kind, plugin->type}, InstalledPlugin{plugin, module});
  if (is_new) return;
  const std::string &first = place->second.module->path();
  problems_.push_back({module->path(), "the " + std::string(kind_name(plugin->kind)) + " '" + plugin->type +
                                           "' is in " + first + " and in " + module->path() +
                                           "; the first one is used, remove one of them"});
}

const InstalledPlugin *Registry::find(uint32_t kind, std::string_view type) const {
  auto place = plugins_.find(std::pair{kind, std::string(type)});
  return place == plugins_.end() ? nullptr : &place->second;
}

std::vector<std::string> Registry::names(uint32_t kind) const {
  std::vector<std::string> names;
  for (const auto &[key, installed] : plugins_) {
    if (key.first == kind) names.push_back(key.second);
  }
  return names;
}

std::vector<const InstalledPlugin *> Registry::all() const {
  std::vector<const InstalledPlugin *> all;
  for (const auto &[key, installed] : plugins_) all.push_back(&installed);
  return all;
}

std::string Registry::why_missing(uint32_t kind, std::string_view type) const {
  std::string answer = "no " + std::string(kind_name(kind)) + " plugin is called '" + std::string(type) + "'";
  for (uint32_t other : {SBX_SOURCE, SBX_FILTER, SBX_SINK}) {
    if (find(other, type)) return answer + ", but a " + std::string(kind_name(other)) + " is";
  }
  for (const Problem &problem : problems_) {
    if (is_named_after(problem.file, type)) return answer + "; " + problem.message;
  }
  // A file that does not load does not tell what it holds: any of them may be the one.
  std::string files;
  for (const Problem &problem : problems_) files += (files.empty() ? "" : ", ") + problem.file;
  if (!files.empty()) answer += "; not everything could be loaded: " + files;
  return answer;
}

}  // namespace signalbox
