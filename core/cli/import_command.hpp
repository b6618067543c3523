// `signalbox import FILE`: another program's configuration, printed as a pipeline file.
#pragma once
#include <iosfwd>
#include <string>

namespace signalbox {

// The YAML goes to `out`, what must be known before it is used and what went wrong to `err`.  The exit code: 0, 1 when
// the file cannot be read, 78 when it is not fit to be imported.
int import_command(const std::string &file, std::ostream &out, std::ostream &err);

}  // namespace signalbox
