#include "core/base/entropy.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <climits>

#include "core/base/assert.hpp"

namespace signalbox {

// OpenSSL's generator is per thread and seeded by the kernel: no system call for each session id.
void random_bytes(void *out, size_t size) {
  auto *at = static_cast<unsigned char *>(out);
  while (size > 0) {
    const int piece = static_cast<int>(std::min<size_t>(size, INT_MAX));
    SBX_ASSERT(RAND_bytes(at, piece) == 1);
    at += piece;
    size -= static_cast<size_t>(piece);
  }
}

}  // namespace signalbox
