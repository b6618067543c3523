#include "core/cli/program.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "core/base/limits.hpp"
#include "core/config/codes.hpp"
#include "core/config/load.hpp"

namespace signalbox {
namespace {

std::string own_path() {
  std::array<char, PATH_MAX> path{};
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  return size > 0 ? std::string(path.data(), static_cast<size_t>(size)) : std::string("signalbox");
}

std::string parent_of(const std::string &path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

// The registry as the configuration sees it.
class InstalledPlugins final : public config::Catalog {
 public:
  explicit InstalledPlugins(const Registry &registry) : registry_(registry) {}
  std::optional<std::string> schema(config::Kind kind, std::string_view plugin) const override {
    const InstalledPlugin *found = registry_.find(number(kind), plugin);
    if (!found) return std::nullopt;
    return std::string(found->plugin->schema_json);
  }
  std::vector<std::string> names(config::Kind kind) const override { return registry_.names(number(kind)); }

 private:
  static uint32_t number(config::Kind kind) {
    switch (kind) {
      case config::Kind::source:
        return SBX_SOURCE;
      case config::Kind::filter:
        return SBX_FILTER;
      case config::Kind::sink:
        return SBX_SINK;
    }
    return 0;
  }
  const Registry &registry_;
};

}  // namespace

Result<std::string> read_file(const std::string &path, size_t size_max) {
  const auto close = [](std::FILE *file) { return file == stdin ? 0 : std::fclose(file); };
  const std::unique_ptr<std::FILE, decltype(close)> file(path == "-" ? stdin : std::fopen(path.c_str(), "rb"), close);
  if (!file) return Status::error(std::strerror(errno));
  std::string content;
  std::array<char, 16 * 1024> buffer;
  while (size_t got = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    content.append(buffer.data(), got);
    if (content.size() > size_max) return Status::error("it has more than " + std::to_string(size_max) + " bytes");
  }
  if (std::ferror(file.get())) return Status::error(std::strerror(errno));
  return content;
}

Program::Program(const std::vector<std::string> &plugin_dirs) {
  const std::string path = own_path();
  share_directory_ = parent_of(parent_of(path)) + "/share/signalbox";
  const char *from_environment = std::getenv("SIGNALBOX_PLUGIN_PATH");
  for (const std::string &directory : plugin_directories(path, plugin_dirs, from_environment ? from_environment : ""))
    registry_.scan(directory);
}

config::Environment process_environment() {
  config::Environment environment;
  environment.variable = [](const std::string &name) -> std::optional<std::string> {
    const char *value = std::getenv(name.c_str());
    if (!value) return std::nullopt;
    return std::string(value);
  };
  environment.file = [](const std::string &path) { return read_file(path, limits::kSecretFileMax); };
  return environment;
}

Program::Loaded Program::load(const std::string &file) {
  Loaded loaded;
  const Result<std::string> text = read_file(file, limits::kConfigFileMax);
  if (!text.ok()) {
    loaded.diagnostics.open(file, "");
    loaded.diagnostics.error(config::codes::kNotText, {}, "cannot read this file: " + text.message());
    return loaded;
  }
  loaded.model = config::load(file, *text, InstalledPlugins(registry_), process_environment(), loaded.diagnostics);
  if (!loaded.model) return loaded;
  loaded.assembly = Assembly::build(*loaded.model, {registry_, clock_, metrics_, share_directory_}, loaded.diagnostics);
  return loaded;
}

}  // namespace signalbox
