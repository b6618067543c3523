// Where something stands in the configuration file.  A plain value.
#pragma once

namespace signalbox::config {

// Line and column begin at 1; a column counts bytes (Diagnostics turns it into characters when it prints).  Line 0
// means the file as a whole.  The length is what a caret underlines.
struct Position {
  int line = 0;
  int column = 0;
  int length = 1;
  bool operator==(const Position &) const = default;
};

}  // namespace signalbox::config
