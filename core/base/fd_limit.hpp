// The process's limit of open files, which is the ceiling of connections.  Called once at start, before other threads.
#pragma once
#include <cstdint>

namespace signalbox {
// Raises the soft limit to the hard one (what a process may do without privileges) and returns the limit now in force.
// A failure leaves the old limit, which is what is returned then.
uint64_t raise_fd_limit();
}  // namespace signalbox
