#include <cstdio>

#include "core/cli/program.hpp"

namespace signalbox {

int check_command(Program &program, const std::string &file, bool json) {
  const Program::Loaded loaded = program.load(file);
  if (json) {
    std::printf("%s\n", loaded.diagnostics.json().c_str());
  } else {
    if (!loaded.ok())  // a plugin file that is unfit may be why
      for (const Registry::Problem &problem : program.registry().problems())
        std::fprintf(stderr, "%s\n", problem.message.c_str());
    std::fprintf(stderr, "%s", loaded.diagnostics.text().c_str());
    if (loaded.ok()) std::printf("%s: ok\n", file.c_str());
  }
  return loaded.ok() ? kExitOk : kExitConfiguration;
}

}  // namespace signalbox
