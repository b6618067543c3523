#include "core/cli/plugins_command.hpp"

#include <algorithm>
#include <array>
#include <ostream>

#include "core/cli/schema_text.hpp"
#include "core/plugin/module_check.hpp"

namespace signalbox {
namespace {

using Row = std::array<std::string, 5>;

const char *text(const char *given) { return given ? given : ""; }

void print_table(const Registry &registry, std::ostream &out) {
  std::vector<Row> rows = {{"KIND", "TYPE", "VERSION", "SUMMARY", "FILE"}};
  for (const InstalledPlugin *installed : registry.all()) {
    const sbx_plugin &plugin = *installed->plugin;
    rows.push_back({std::string(kind_name(plugin.kind)), plugin.type, text(plugin.version), text(plugin.summary),
                    installed->module->path()});
  }
  std::array<size_t, 5> widths{};
  for (const Row &row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const Row &row : rows) {
    for (size_t i = 0; i + 1 < row.size(); ++i) out << row[i] << std::string(widths[i] - row[i].size() + 2, ' ');
    out << row.back() << '\n';
  }
}

void print_option(const SchemaOption &option, std::ostream &out) {
  out << "  " << option.name << ": " << option.type;
  if (option.required) out << ", required";
  if (!option.default_value.empty()) out << ", default " << option.default_value;
  for (const std::string &note : option.notes) out << ", " << note;
  out << '\n';
  if (!option.description.empty()) out << "      " << option.description << '\n';
}

void print_plugin(const InstalledPlugin &installed, std::ostream &out) {
  const sbx_plugin &plugin = *installed.plugin;
  out << kind_name(plugin.kind) << ' ' << plugin.type << ' ' << text(plugin.version) << '\n';
  if (*text(plugin.summary)) out << plugin.summary << '\n';
  out << "file: " << installed.module->path() << "\n\n";
  const auto options = schema_options(plugin.schema_json);
  out << (options.empty() ? "no options\n" : "options (under `with:`)\n");
  for (const SchemaOption &option : options) print_option(option, out);
}

int explain_missing(const Registry &registry, std::string_view name, std::ostream &err) {
  err << "no plugin is called '" << name << "'; installed are:";
  const char *separator = " ";
  for (const InstalledPlugin *installed : registry.all()) {
    err << separator << installed->plugin->type;
    separator = ", ";
  }
  err << (registry.all().empty() ? " none\n" : "\n");
  for (const auto &problem : registry.problems()) err << problem.message << '\n';
  return 1;
}

}  // namespace

int plugins_command(const Registry &registry, std::string_view name, std::ostream &out, std::ostream &err) {
  if (name.empty()) {
    print_table(registry, out);
    for (const auto &problem : registry.problems()) err << "warning: " << problem.message << '\n';
    return 0;
  }
  bool found = false;
  for (uint32_t kind : {SBX_SOURCE, SBX_FILTER, SBX_SINK}) {
    const InstalledPlugin *installed = registry.find(kind, name);
    if (!installed) continue;
    if (found) out << '\n';
    print_plugin(*installed, out);
    found = true;
  }
  return found ? 0 : explain_missing(registry, name, err);
}

}  // namespace signalbox
