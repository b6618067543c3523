// What the commands share: where the program lies, which plugins it finds, how a configuration file is read.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/assembly/assembly.hpp"
#include "core/base/clock.hpp"
#include "core/base/metrics.hpp"
#include "core/base/status.hpp"
#include "core/config/diagnose.hpp"
#include "core/config/interpolate.hpp"
#include "core/config/model.hpp"
#include "core/plugin/registry.hpp"

namespace signalbox {

enum ExitCode { kExitOk = 0, kExitFailed = 1, kExitUsage = 2, kExitConfiguration = 78 };

// What this process sees of the world: its variables, and small files.
config::Environment process_environment();

class Program {
 public:
  explicit Program(const std::vector<std::string> &plugin_dirs);

  const Registry &registry() const { return registry_; }
  Metrics &metrics() { return metrics_; }
  const Clock &clock() const { return clock_; }

  // The file, checked as far as it can be without opening a port.  `model` and `assembly` are there when it is fit.
  struct Loaded {
    std::optional<config::Model> model;
    std::unique_ptr<Assembly> assembly;
    config::Diagnostics diagnostics;
    bool ok() const { return assembly != nullptr; }
  };
  Loaded load(const std::string &file);

 private:
  std::string share_directory_;
  Registry registry_;
  SystemClock clock_;
  Metrics metrics_;
};

// A whole file, or what comes from standard input ("-").
Result<std::string> read_file(const std::string &path, size_t size_max);

int run_command(Program &program, const std::string &file);
int check_command(Program &program, const std::string &file, bool json);

}  // namespace signalbox
