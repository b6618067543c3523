// sbx.files/1 as a plugin has it.  What a version of a file is, is tested in tests/http_client.
#include <doctest/doctest.h>

#include "core/event/event.hpp"
#include "tests/connection/house.hpp"
#include "tests/io_tls/certificates.hpp"

namespace signalbox::testing {
namespace {

sbx_str raw(std::string_view s) { return {s.data(), s.size()}; }

}  // namespace

TEST_CASE("files: read, and told when they change, by a plugin on its lane") {
  House house;
  house.start();
  const sbx_host *const host = house.script().host();
  io::testing::Folder folder;
  const std::string path = folder.write("key", "one");
  const auto *files = static_cast<const sbx_files *>(host->service(host, SBX_FILES));
  REQUIRE(files);
  std::string bytes;
  const auto read = [&](const std::string &name) {
    return files->read(
        host, raw(name), [](void *out, sbx_str b) noexcept { *static_cast<std::string *>(out) = text(b); }, &bytes);
  };
  CHECK(read(path) == SBX_OK);
  CHECK(bytes == "one");
  CHECK(read(path + ".none") == SBX_ENOENT);
  CHECK(read("") == SBX_EINVAL);
  CHECK(read(std::string("a\0b", 3)) == SBX_EINVAL);
  CHECK(files->read(host, raw(path), nullptr, nullptr) == SBX_EINVAL);
  int told = 0;
  CHECK(files->watch(
            host, raw(path), [](void *n, sbx_id) noexcept { ++*static_cast<int *>(n); }, &told) != 0);
  folder.write("key", "three");
  CHECK(told == 0);
  REQUIRE(house.wait([&] { return told > 0; }));
  CHECK(told == 1);
}

}  // namespace signalbox::testing
