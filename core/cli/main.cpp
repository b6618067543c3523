// signalbox: the command line.  One function a command; see `signalbox --help`.
#include <CLI/CLI.hpp>
#include <iostream>

#include "core/cli/plugins_command.hpp"
#include "core/cli/program.hpp"

namespace {

int run(int argc, char **argv) {
  CLI::App app("Routes events from where they happen to the browsers that wait for them.", "signalbox");
  app.set_version_flag("--version", "signalbox " SIGNALBOX_VERSION);
  app.require_subcommand(1);
  std::vector<std::string> plugin_dirs;
  app.add_option("--plugin-dir", plugin_dirs, "Look for plugins here, too (may be repeated)")->allow_extra_args(false);

  std::string file, format = "text", name;
  CLI::App *run = app.add_subcommand("run", "Start what the file describes; SIGTERM or Ctrl-C ends it");
  run->add_option("FILE", file, "The pipeline file (YAML)")->required();
  CLI::App *check = app.add_subcommand("check", "Tell every problem of the file; exit 0, or 78");
  check->add_option("FILE", file, "The pipeline file (YAML)")->required();
  check->add_option("--format", format, "How to tell: text or json")->check(CLI::IsMember({"text", "json"}));
  CLI::App *plugins = app.add_subcommand("plugins", "List the plugins, or the options of one");
  plugins->add_option("NAME", name, "A plugin's name");
  for (CLI::App *command : {run, check, plugins}) command->fallthrough();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &e) {
    const int code = app.exit(e);
    return code == 0 ? signalbox::kExitOk : signalbox::kExitUsage;
  }
  signalbox::Program program(plugin_dirs);
  if (*run) return signalbox::run_command(program, file);
  if (*check) return signalbox::check_command(program, file, format == "json");
  return signalbox::plugins_command(program.registry(), name, std::cout, std::cerr);
}

}  // namespace

int main(int argc, char **argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception &e) {
    std::cerr << "signalbox: " << e.what() << "\n";
    return signalbox::kExitFailed;
  }
}
