#include "core/base/entropy.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstring>

#include "core/base/assert.hpp"

namespace signalbox {
namespace {

void generate(unsigned char *at, size_t size) {
  while (size > 0) {
    const int piece = static_cast<int>(std::min<size_t>(size, INT_MAX));
    SBX_ASSERT(RAND_bytes(at, piece) == 1);
    at += piece;
    size -= static_cast<size_t>(piece);
  }
}

// A thread's own.  Each request of OpenSSL's generator costs a system call, the look whether the process was forked
// (this program never is), and one of a session id is small.  What was handed out is not kept.
struct Pool {
  std::array<unsigned char, 512> bytes;
  size_t left = 0;
  ~Pool() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

}  // namespace

void random_bytes(void *out, size_t size) {
  thread_local Pool pool;
  if (size > pool.bytes.size() / 4) return generate(static_cast<unsigned char *>(out), size);
  if (size == 0) return;
  if (pool.left < size) {
    generate(pool.bytes.data(), pool.bytes.size());
    pool.left = pool.bytes.size();
  }
  unsigned char *const taken = pool.bytes.data() + pool.left - size;
  std::memcpy(out, taken, size);
  OPENSSL_cleanse(taken, size);
  pool.left -= size;
}

}  // namespace signalbox
