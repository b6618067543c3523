#include "core/cli/import_command.hpp"

#include <ostream>

#include "core/base/limits.hpp"
#include "core/cli/echo_import.hpp"
#include "core/cli/program.hpp"

namespace signalbox {

int import_command(const std::string &file, std::ostream &out, std::ostream &err) {
  const Result<std::string> json = read_file(file, limits::kImportFileMax);
  if (!json.ok()) {
    err << "signalbox: cannot read " << file << ": " << json.message() << "\n";
    return kExitFailed;
  }
  const Result<EchoSettings> settings = read_echo_settings(*json);
  if (!settings.ok()) {
    // As `check` has it: with a place, FILE:LINE:COLUMN.
    const bool placed = settings.message().find_first_of("0123456789") == 0;
    err << (file == "-" ? "standard input" : file) << (placed ? ":" : ": ") << settings.message() << "\n";
    return kExitConfiguration;
  }
  const EchoImport imported = import_echo(*settings);
  out << imported.yaml << std::flush;
  for (const std::string &note : imported.notes) err << "note: " << note << "\n";
  if (out.good()) return kExitOk;
  err << "signalbox: the pipeline file could not be written\n";
  return kExitFailed;
}

}  // namespace signalbox
