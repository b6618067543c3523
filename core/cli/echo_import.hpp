// A laravel-echo-server.json as the pipeline file that does the same, with a comment wherever signalbox differs on
// purpose.  Pure: environment variables that override values appear as ${NAME:-value}, nothing is read.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/cli/echo_settings.hpp"

namespace signalbox {

struct EchoImport {
  std::string yaml;
  std::vector<std::string> notes;  // what its reader must know before it is used; sentences, fit for a terminal
};

EchoImport import_echo(const EchoSettings &settings);

}  // namespace signalbox
