#include "core/net/named_files.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "core/base/limits.hpp"
#include "tests/io_tls/certificates.hpp"

using namespace signalbox;
using Read = net::NamedFiles::Read;

namespace {

struct Fixture {
  io::testing::Folder folder;
  io::Lane lane{0};
  net::NamedFiles files{lane};
  std::string bytes;
  int changes = 0;

  Read read(const std::string &name) { return files.read(folder.path(name), bytes); }
  uint64_t watch(const std::string &name) {
    return files.watch(folder.path(name), [this](uint64_t) { ++changes; });
  }
  // As certificates are replaced: a new file takes the old one's name.
  void replace(const std::string &name, const std::string &content) {
    const std::string fresh = folder.write(name + ".new", content);
    REQUIRE(::rename(fresh.c_str(), folder.path(name).c_str()) == 0);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a file is read whole, up to its limit; what is none is not waited for") {
  folder.write("key", "secret\n");
  CHECK(read("key") == Read::ok);
  CHECK(bytes == "secret\n");
  folder.write("empty", "");
  CHECK(read("empty") == Read::ok);
  CHECK(bytes.empty());
  CHECK(read("missing") == Read::missing);
  CHECK(files.read(folder.path("key") + "/x", bytes) == Read::missing);
  CHECK(files.read(folder.path("."), bytes) == Read::not_regular);
  REQUIRE(::mkfifo(folder.path("pipe").c_str(), 0600) == 0);
  CHECK(read("pipe") == Read::not_regular);
  folder.write("large", std::string(limits::kNamedFileMax, 'x'));
  CHECK(read("large") == Read::ok);
  CHECK(bytes.size() == limits::kNamedFileMax);
  folder.write("larger", std::string(limits::kNamedFileMax + 1, 'x'));
  CHECK(read("larger") == Read::too_big);
  REQUIRE(::chmod(folder.path("key").c_str(), 0) == 0);
  if (::geteuid() != 0) CHECK(read("key") == Read::forbidden);
}

TEST_CASE_FIXTURE(Fixture, "a watcher hears once of each version that it has not read") {
  folder.write("key", "one");
  CHECK(watch("key") == 1);
  files.look();
  CHECK(changes == 0);
  replace("key", "two");
  files.look();
  files.look();
  CHECK(changes == 1);
  folder.write("key", "three");  // in place, of another size
  CHECK(read("key") == Read::ok);
  CHECK(bytes == "three");
  files.look();
  CHECK(changes == 1);
  REQUIRE(::unlink(folder.path("key").c_str()) == 0);
  files.look();
  CHECK(changes == 1);
  folder.write("other", "o");
  replace("key", "four");
  files.look();
  CHECK(changes == 2);
}

TEST_CASE_FIXTURE(Fixture, "a change between the reading and the watch is told, and a link's target counts") {
  folder.write("target", "one");
  REQUIRE(::symlink("target", folder.path("key").c_str()) == 0);
  CHECK(read("key") == Read::ok);
  replace("target", "two");
  CHECK(watch("key") != 0);
  files.look();
  CHECK(changes == 1);
  CHECK(watch("late") != 0);
  folder.write("late", "here");
  files.look();
  CHECK(changes == 2);
}

TEST_CASE_FIXTURE(Fixture, "watches are limited, not the files that are read") {
  for (size_t i = 0; i < limits::kFileWatchesMax; ++i) CHECK(watch("w" + std::to_string(i)) == i + 1);
  CHECK(watch("one more") == 0);
  folder.write("key", "one");
  CHECK(read("key") == Read::ok);
}
