#include "core/base/fd_limit.hpp"

#include <sys/resource.h>

#include "core/base/assert.hpp"

namespace signalbox {

uint64_t raise_fd_limit() {
  rlimit limit{};
  SBX_ASSERT(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  if (limit.rlim_cur < limit.rlim_max) {
    const rlimit wanted{limit.rlim_max, limit.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &wanted) == 0) return wanted.rlim_cur;
  }
  return limit.rlim_cur;
}

}  // namespace signalbox
