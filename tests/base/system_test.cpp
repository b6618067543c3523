// Clock, entropy, assertions and the limit of open files: the few things of core/base that ask the machine.
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "core/base/assert.hpp"
#include "core/base/clock.hpp"
#include "core/base/entropy.hpp"
#include "core/base/fd_limit.hpp"

using namespace signalbox;

TEST_CASE("the system's clock goes forward and knows the year") {
  const SystemClock clock;
  const int64_t before = clock.mono_ns();
  CHECK(clock.mono_ns() >= before);
  CHECK(clock.wall_ns() > int64_t{1'700'000'000} * 1'000'000'000);
}

TEST_CASE("random bytes differ and fill exactly what was asked for") {
  std::set<std::array<unsigned char, 16>> seen;
  for (int i = 0; i < 200; ++i) {
    std::array<unsigned char, 18> bytes{};
    bytes[0] = bytes[17] = 0xA5;
    random_bytes(bytes.data() + 1, 16);
    REQUIRE(bytes[0] == 0xA5);
    REQUIRE(bytes[17] == 0xA5);
    std::array<unsigned char, 16> inner{};
    std::copy(bytes.begin() + 1, bytes.end() - 1, inner.begin());
    seen.insert(inner);
  }
  CHECK(seen.size() == 200);
  random_bytes(nullptr, 0);
}

TEST_CASE("pieces of any size, asked for by several threads, have nothing in common") {
  std::mutex mutex;
  std::set<std::string> seen;
  size_t words = 0;
  const auto ask = [&] {
    std::string all;
    for (size_t size = 0; size < 700; ++size) {
      std::string piece(size, '\0');
      random_bytes(piece.data(), piece.size());
      all += piece;
    }
    const std::lock_guard lock(mutex);
    for (size_t at = 0; at + 8 <= all.size(); at += 8, ++words) seen.insert(all.substr(at, 8));
  };
  std::thread one(ask), other(ask);
  one.join();
  other.join();
  CHECK(words > 60'000);
  CHECK(seen.size() == words);
}

TEST_CASE("a failed assertion names file, line and expression and aborts") {
  SBX_ASSERT(1 + 1 == 2);
  int pipe_ends[2];
  REQUIRE(::pipe(pipe_ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::signal(SIGABRT, SIG_DFL);
    ::dup2(pipe_ends[1], STDERR_FILENO);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    SBX_ASSERT(1 + 1 == 3);
    ::_exit(0);
  }
  ::close(pipe_ends[1]);
  std::string said;
  char piece[256];
  for (ssize_t got; (got = ::read(pipe_ends[0], piece, sizeof piece)) > 0;)
    said.append(piece, static_cast<size_t>(got));
  ::close(pipe_ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
  CHECK(said.find("system_test.cpp:") != std::string::npos);
  CHECK(said.find(": 1 + 1 == 3\n") != std::string::npos);
}

TEST_CASE("the soft limit of open files is raised to the hard one") {
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit lower{before.rlim_max / 2, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &lower) == 0);
  CHECK(raise_fd_limit() == before.rlim_max);
  rlimit after{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &after) == 0);
  CHECK(after.rlim_cur == before.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &before);
}
