// `signalbox replay FILE SOURCE`: asks the running program to route kept requests again, and waits until it has.
#pragma once
#include <iosfwd>
#include <string>

namespace signalbox {

struct ReplayWish {
  std::string file, source;
  std::string since, until, id, rate;  // as typed; empty: not given
  bool dry_run = false;
};

// One line of JSON on `out`: {"found":3,"routed":2,"failed":1,"events":2}; what went wrong on `err`.  The exit code.
int replay_command(const ReplayWish &wish, std::ostream &out, std::ostream &err);

}  // namespace signalbox
