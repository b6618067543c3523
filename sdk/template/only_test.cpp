// Tests of the filter `only` on signalbox in memory: no sockets, no files, virtual time.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <sbx/testing/fake_host.hpp>

extern "C" const sbx_module *sbx_module_v1_only(uint32_t) noexcept;

namespace {

using sbx::testing::Event;
using sbx::testing::FakeHost;
using sbx::testing::Plugin;

const sbx_plugin *only() { return sbx_module_v1_only(SBX_ABI_MINOR)->plugins[0]; }

Event named(const char *name) {
  Event event;
  event.channel = "shop";
  event.name = name;
  event.data = "{}";
  return event;
}

TEST_CASE("an event on the list passes, any other is dropped with its reason") {
  FakeHost host;
  Plugin filter(host, only(), R"({"names":["order.paid"]})");
  REQUIRE(filter.created());
  CHECK(filter.deliver(named("order.paid")) == SBX_OK);
  CHECK(host.reasons.empty());
  CHECK(filter.deliver(named("order.secret")) == SBX_DROP);
  CHECK(host.reasons == std::vector<std::string>{"not_listed"});
}

TEST_CASE("a name that is listed twice is told by its place") {
  FakeHost host;
  Plugin filter(host, only(), R"({"names":["a","b","a"]})");
  CHECK_FALSE(filter.created());
  REQUIRE(host.problems.size() == 1);
  CHECK(host.problems[0].where == "/names/2");
}

}  // namespace
