// SBX_ASSERT(cond): what must be true, or the program is wrong.  Stays on in release; says file, line and expression on
// stderr by write(2) (no allocation, no lock, any thread) and aborts.  Never for what comes from outside: hostile input
// is answered by a Status.
#pragma once

namespace signalbox {
[[noreturn]] void assert_failed(const char *file, int line, const char *expression) noexcept;
}  // namespace signalbox

#define SBX_ASSERT(cond) \
  (__builtin_expect(static_cast<bool>(cond), 1) ? void() : ::signalbox::assert_failed(__FILE__, __LINE__, #cond))
