#include <doctest/doctest.h>

#include <sbx/testing/fake_files.hpp>
#include <sbx/testing/fake_host.hpp>
#include <string>

using sbx::testing::FakeFiles;
using sbx::testing::FakeHost;

namespace {

struct Reader {
  FakeHost host;
  FakeFiles &disk = host.part<FakeFiles>();
  const sbx_files *table = sbx::Host(host.get()).service<sbx_files>();
  std::string bytes;
  int changes = 0;

  sbx_status read(std::string_view path) {
    return table->read(
        host.get(), sbx::raw(path),
        [](void *p, sbx_str b) noexcept { static_cast<Reader *>(p)->bytes = std::string(sbx::view(b)); }, this);
  }
  sbx_id watch(std::string_view path) {
    return table->watch(
        host.get(), sbx::raw(path), [](void *p, sbx_id) noexcept { ++static_cast<Reader *>(p)->changes; }, this);
  }
};

}  // namespace

TEST_CASE("a file is read whole, or the reason why not is the answer") {
  Reader r;
  REQUIRE(r.table);
  CHECK(r.read("key.pem") == SBX_ENOENT);
  r.disk.put("key.pem", "k1");
  CHECK(r.read("key.pem") == SBX_OK);
  CHECK(r.bytes == "k1");
  r.disk.put("key.pem", std::string((1u << 20) + 1, 'k'));
  CHECK(r.read("key.pem") == SBX_ETOOBIG);
  r.disk.refuse("key.pem", SBX_EREFUSED);
  CHECK(r.read("key.pem") == SBX_EREFUSED);
  r.disk.remove("key.pem");
  CHECK(r.read("key.pem") == SBX_ENOENT);
  CHECK(r.read("") == SBX_EINVAL);
  CHECK(r.bytes == "k1");
}

TEST_CASE("a watcher hears in the next turn of what it has not read yet, once") {
  Reader r;
  r.disk.put("key.pem", "k1");
  CHECK(r.watch("key.pem") != 0);
  CHECK(r.read("key.pem") == SBX_OK);
  r.host.turn();
  CHECK(r.changes == 0);
  r.disk.put("key.pem", "k2");
  r.disk.put("other.pem", "o");
  CHECK(r.changes == 0);
  r.host.turn();
  r.host.turn();
  CHECK(r.changes == 1);
  r.disk.remove("key.pem");
  r.host.turn();
  CHECK(r.changes == 1);
  r.disk.put("key.pem", "k3");
  r.host.turn();
  CHECK(r.changes == 2);
  for (size_t i = r.disk.watches(); i < 1024; ++i) CHECK(r.watch("w" + std::to_string(i)) != 0);
  CHECK(r.watch("one more") == 0);
}
