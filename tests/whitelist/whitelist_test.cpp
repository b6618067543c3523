// The filter as a whole: which rule counts, what goes on, and why what does not does not.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sbx/testing/fake_host.hpp>
#include <string>

extern "C" const sbx_module *sbx_module_v1_whitelist(uint32_t) noexcept;

using sbx::testing::Event;
using sbx::testing::FakeHost;
using sbx::testing::Plugin;

namespace {

const sbx_plugin *table() { return sbx_module_v1_whitelist(0)->plugins[0]; }

struct Filter {
  explicit Filter(std::string_view config) : plugin(host, table(), config) {}
  // "pass", "drop <reason>", or the data that goes on instead.
  std::string end_of(const Event &e) {
    host.emitted.clear();
    host.reasons.clear();
    sbx_status s = plugin.deliver(e);
    if (s == SBX_OK) return host.emitted.empty() ? "pass" : "pass and emit";
    if (s != SBX_DROP) return "error " + std::to_string(s);
    if (host.emitted.empty()) return "drop " + (host.reasons.empty() ? "" : host.reasons.back());
    return host.emitted.back().data;
  }
  FakeHost host;
  Plugin plugin;
};

constexpr const char *kShop = R"({"rules":[
  {"channels":["pay.*"],"events":["payment.*"],"keep":["/id"]},
  {"channels":["pay.*","files"],"keep":"*"},
  {"events":["ping"],"keep":[]}]})";

}  // namespace

TEST_CASE("the first rule that matches channel and event counts") {
  Filter f(kShop);
  CHECK(f.end_of({.channel = "pay.7", .name = "payment.done", .data = R"({"id":7,"card":"4242"})"}) == R"({"id":7})");
  CHECK(f.end_of({.channel = "pay.7", .name = "payment.done", .data = R"({"id":7})"}) == "pass");
  CHECK(f.end_of({.channel = "pay.7", .name = "other", .data = R"({"id":7,"card":"4242"})"}) == "pass");
  CHECK(f.end_of({.channel = "news", .name = "ping", .data = R"({"id":7})"}) == "{}");
  CHECK(f.end_of({.channel = "news", .name = "other", .data = "{}"}) == "drop no_rule");
}

TEST_CASE("a replacement is the same event in all but its data") {
  Filter f(kShop);
  const Event e{.channel = "pay.7",
                .name = "payment.done",
                .data = R"({"id":7,"x":1})",
                .id = "evt_1",
                .except = "sid",
                .attrs = {{"source", "stripe"}, {"verified", "yes"}}};
  CHECK(f.end_of(e) == R"({"id":7})");
  Event want = e;
  want.data = R"({"id":7})";
  CHECK(f.host.emitted.back() == want);
}

TEST_CASE("it fails closed") {
  Filter f(kShop);
  CHECK(f.end_of({.channel = "pay.7", .name = "payment.done", .data = "{\"id\":7"}) == "drop not_json");
  CHECK(f.end_of({.channel = "pay.7", .name = "other", .data = "nonsense"}) == "drop not_json");
  CHECK(f.end_of({.channel = "pay.7", .name = "payment.done", .data = std::string(600, '[') + std::string(600, ']')}) ==
        "drop too_deep");
  CHECK(f.end_of({.channel = "pay.7", .name = "payment.done", .data = "{\"id\":7}", .binary = true}) == "drop binary");
  CHECK(f.end_of({.channel = "files", .name = "x", .data = "\xFF", .binary = true}) == "pass");
  for (sbx_status answer : {SBX_FULL, SBX_EINVAL, SBX_EINTERNAL}) {
    f.host.emit_answer = answer;
    CHECK(f.end_of({.channel = "pay.7", .name = "payment.done", .data = R"({"id":7,"x":1})"}) ==
          "error " + std::to_string(SBX_EINTERNAL));
  }
}

TEST_CASE("otherwise: what becomes of events without a rule") {
  const Event e{.channel = "c", .name = "n", .data = R"({"a":1})"};
  CHECK(Filter(R"({"rules":[]})").end_of(e) == "drop no_rule");
  CHECK(Filter(R"({"rules":[],"otherwise":"empty"})").end_of(e) == "{}");
  CHECK(Filter(R"({"rules":[],"otherwise":"pass"})").end_of(e) == "pass");
  Filter f(R"({"rules":[],"otherwise":"empty"})");
  CHECK(f.end_of({.channel = "c", .name = "n", .data = "\xFF", .binary = true}) == "{}");
  CHECK_FALSE(f.host.emitted.back().binary);
}

TEST_CASE("a mistake in a pointer is reported where it stands") {
  FakeHost host;
  Plugin p(host, table(), R"({"rules":[{"keep":["/a"]},{"keep":["/a","b","/c~"]},{"keep":"/d"}]})");
  CHECK_FALSE(p.created());
  REQUIRE(host.problems.size() == 3);
  CHECK(host.problems[0].where == "/rules/1/keep/1");
  CHECK(host.problems[0].what == "a JSON pointer begins with '/': write '/b'");
  CHECK(host.problems[1].where == "/rules/1/keep/2");
  CHECK(host.problems[2].where == "/rules/2/keep");
}

TEST_CASE("the schema is JSON and its defaults are the ones in the code") {
  auto schema = nlohmann::json::parse(table()->schema_json);
  CHECK(schema["properties"]["otherwise"]["default"] == "drop");
  const auto &rule = schema["properties"]["rules"]["items"]["properties"];
  CHECK(rule["channels"]["default"] == nlohmann::json::array({"*"}));
  CHECK(rule["events"]["default"] == nlohmann::json::array({"*"}));
}
