// SIGKILL in the middle of durable load, round after round on one store: everything that was acknowledged is there
// afterwards, once.  SIGNALBOX_KILL_ROUNDS says how many rounds.
#include <doctest/doctest.h>
#include <signal.h>
#include <spawn.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "log_house.hpp"

using namespace signalbox;
using namespace signalbox::testing;

namespace {

// Starts the writer, reads until it has acknowledged so many, kills it, reads the rest: all its complete lines.
std::set<std::string> one_round(const std::string &store, int round, size_t enough) {
  int pipe_fds[2];
  REQUIRE(::pipe(pipe_fds) == 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, pipe_fds[0]);
  std::string program = SIGNALBOX_KILL_WRITER, path = store, number = std::to_string(round);
  char *arguments[] = {program.data(), path.data(), number.data(), nullptr};
  pid_t child = 0;
  REQUIRE(::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ) == 0);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe_fds[1]);
  std::string out;
  size_t lines = 0;
  bool killed = false;
  char piece[4096];
  for (ssize_t n; (n = ::read(pipe_fds[0], piece, sizeof piece)) > 0;) {
    out.append(piece, static_cast<size_t>(n));
    lines += static_cast<size_t>(std::count(piece, piece + n, '\n'));
    if (lines >= enough && !killed) killed = ::kill(child, SIGKILL) == 0;
  }
  ::close(pipe_fds[0]);
  int how = 0;
  REQUIRE(::waitpid(child, &how, 0) == child);
  REQUIRE(WIFSIGNALED(how));
  std::set<std::string> ids;
  std::istringstream words(out.substr(0, out.rfind('\n') + 1));
  for (std::string line; std::getline(words, line);) ids.insert(line);
  return ids;
}

std::map<std::string, int> stored_ids(const std::string &store) {
  sqlite3 *db = nullptr;
  REQUIRE(sqlite3_open(store.c_str(), &db) == SQLITE_OK);
  std::string verdict;
  sqlite3_exec(
      db, "PRAGMA integrity_check",
      [](void *to, int, char **values, char **) {
        *static_cast<std::string *>(to) += values[0];
        return 0;
      },
      &verdict, nullptr);
  CHECK(verdict == "ok");
  std::map<std::string, int> ids;
  sqlite3_exec(
      db, "SELECT id FROM event",
      [](void *to, int, char **values, char **) {
        ++(*static_cast<std::map<std::string, int> *>(to))[values[0]];
        return 0;
      },
      &ids, nullptr);
  sqlite3_close(db);
  return ids;
}

}  // namespace

TEST_CASE("after SIGKILL every acknowledged event is in the store exactly once") {
  const char *wanted = std::getenv("SIGNALBOX_KILL_ROUNDS");
  const int rounds = wanted ? std::atoi(wanted) : 10;
  Folder folder;
  const std::string store = folder.file();
  std::mt19937 random(5);
  std::set<std::string> acknowledged;
  for (int round = 0; round < rounds; ++round) {
    CAPTURE(round);
    const std::set<std::string> ids = one_round(store, round, 1 + random() % 200);
    acknowledged.insert(ids.begin(), ids.end());
    const std::map<std::string, int> stored = stored_ids(store);
    for (const auto &one : stored) REQUIRE_MESSAGE(one.second == 1, one.first);
    for (const std::string &id : acknowledged) REQUIRE_MESSAGE(stored.contains(id), id);
  }
  MESSAGE(rounds << " rounds, " << acknowledged.size() << " acknowledged events");
}
