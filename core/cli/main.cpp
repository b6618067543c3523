// signalbox: the command line.  One function a command; see `signalbox --help`.
#include <CLI/CLI.hpp>
#include <iostream>

#include "core/cli/import_command.hpp"
#include "core/cli/plugins_command.hpp"
#include "core/cli/program.hpp"
#include "core/cli/replay_command.hpp"
#include "core/cli/webhook_verify_command.hpp"

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
  CLI::App *webhook = app.add_subcommand("webhook", "Tools for callbacks");
  webhook->require_subcommand(1);
  CLI::App *verify =
      webhook->add_subcommand("verify", "Tell what a source would make of a request, and why; exit 0 or 1");
  signalbox::VerifyOptions to_verify;
  verify->add_option("FILE", to_verify.file, "The pipeline file (YAML)")->required();
  verify->add_option("SOURCE", to_verify.source, "A source in it")->required();
  verify
      ->add_option("--request", to_verify.request, "A file with the bytes of one HTTP/1.1 request; - is standard input")
      ->required();
  verify->add_option("--now", to_verify.now_unix_s, "The time of its receipt in Unix seconds, instead of now");
  CLI::App *replay = app.add_subcommand("replay", "Route requests again that a source of the running program kept");
  signalbox::ReplayWish to_replay;
  replay->add_option("FILE", to_replay.file, "The pipeline file (YAML) that the program runs")->required();
  replay->add_option("SOURCE", to_replay.source, "A source in it with keep_raw: true")->required();
  replay->add_option("--since", to_replay.since, "From here on: RFC 3339, unix seconds, or how long ago (2h, 30m)");
  replay->add_option("--until", to_replay.until, "Up to here; without it, up to now");
  replay->add_option("--id", to_replay.id, "Only what made the event with this id");
  replay->add_flag("--dry-run", to_replay.dry_run, "Count what would be replayed");
  replay->add_option("--rate", to_replay.rate, "Requests a second at most, as 50/s; without it 200/s");
  CLI::App *import = app.add_subcommand("import", "Print a pipeline file that does what another program's file says");
  import->add_option("FILE", file, "A laravel-echo-server.json; - is standard input")->required();
  for (CLI::App *command : {run, check, plugins, replay, import, webhook, verify}) command->fallthrough();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &e) {
    const int code = app.exit(e);
    return code == 0 ? signalbox::kExitOk : signalbox::kExitUsage;
  }
  if (*import) return signalbox::import_command(file, std::cout, std::cerr);
  signalbox::Program program(plugin_dirs);
  if (*run) return signalbox::run_command(program, file);
  if (*verify) return signalbox::webhook_verify_command(program, to_verify);
  if (*replay) return signalbox::replay_command(to_replay, std::cout, std::cerr);
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
