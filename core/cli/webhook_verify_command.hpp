// `signalbox webhook verify FILE SOURCE --request REQ [--now UNIX]`: what a source of the file would make of a request,
// without a port, a store or a memory.  Main thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "core/cli/program.hpp"

namespace signalbox {

struct VerifyOptions {
  std::string file, source;
  std::string request;                // a file with the bytes of one HTTP/1.1 request; "-" = standard input
  std::optional<int64_t> now_unix_s;  // nothing: the clock
};

// Prints one line of JSON.  kExitOk: accepted; kExitFailed: it is not; kExitUsage: no such source, or no such request.
int webhook_verify_command(Program &program, const VerifyOptions &options);

}  // namespace signalbox
