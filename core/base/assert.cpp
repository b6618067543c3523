#include "core/base/assert.hpp"

#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace signalbox {
namespace {

// Fixed room: the heap may be what is broken.
class Line {
 public:
  void add(const char *text) {
    for (; *text && size_ + 1 < sizeof bytes_; ++text) bytes_[size_++] = *text;
  }
  void add(int number) {
    char digits[12];
    char *at = digits + sizeof digits - 1;
    *at = '\0';
    do *--at = static_cast<char>('0' + number % 10);
    while ((number /= 10) > 0 && at > digits);
    add(at);
  }
  void write() {
    bytes_[size_++] = '\n';
    // Nobody is left to tell if stderr is gone.
    [[maybe_unused]] ssize_t written = ::write(STDERR_FILENO, bytes_, size_);
  }

 private:
  char bytes_[512];
  size_t size_ = 0;
};

}  // namespace

void assert_failed(const char *file, int line, const char *expression) noexcept {
  Line text;
  text.add("signalbox: internal error, please report it: ");
  text.add(file);
  text.add(":");
  text.add(line);
  text.add(": ");
  text.add(expression);
  text.write();
  std::abort();
}

}  // namespace signalbox
