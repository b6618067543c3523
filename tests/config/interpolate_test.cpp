#include "core/config/interpolate.hpp"

#include <doctest/doctest.h>

#include "core/config/parse.hpp"
#include "tests/config/fake_world.hpp"

namespace signalbox::config {
namespace {

struct Filled {
  std::string json;
  std::vector<Problem> problems;
};

Filled filled(const std::string &text) {
  Diagnostics diagnostics;
  diagnostics.open("t.yaml", text);
  std::optional<Node> tree = parse(text, diagnostics);
  REQUIRE(tree);
  interpolate(*tree, "t.yaml", fake_environment(), diagnostics);
  return {to_json(*tree), diagnostics.problems()};
}

}  // namespace

TEST_CASE("variables, defaults and files are filled into values") {
  CHECK(filled("[\"x${PORT}y${PORT}\"]").json == R"(["x6001y6001"])");
  CHECK(filled("a: ${NOPE:-other}").json == R"({"a":"other"})");
  CHECK(filled("a: ${NOPE:-}").json == R"({"a":""})");
  CHECK(filled("a: ${EMPTY:-other}").json == R"({"a":"other"})");
  CHECK(filled("a: \"${EMPTY}\"").json == R"({"a":""})");
  CHECK(filled("a: ${file:/run/secrets/redis}").json == R"({"a":"from-the-file"})");
  CHECK(filled("a: ${file:secrets/near}").json == R"({"a":"near"})");
}

TEST_CASE("two dollars are one, and a dollar alone stays") {
  CHECK(filled("a: $${PORT}").json == R"({"a":"${PORT}"})");
  CHECK(filled("a: 5$").json == R"({"a":"5$"})");
  CHECK(filled("a: $PORT").json == R"({"a":"$PORT"})");
  CHECK(filled("a: $$$$").json == R"({"a":"$$"})");
}

TEST_CASE("keys and the shape of the file are out of reach") {
  CHECK(filled("${PORT}: 1").json == R"({"${PORT}":1})");
  CHECK(filled("a: ${YAML}").json == R"({"a":"a: [1, 2]\n\"quote"})");
}

TEST_CASE("what a variable brings is not replaced again") {
  Environment environment = fake_environment();
  environment.variable = [](const std::string &) { return std::optional<std::string>("${PORT}"); };
  Diagnostics diagnostics;
  diagnostics.open("t.yaml", "a: ${X}");
  std::optional<Node> tree = parse("a: ${X}", diagnostics);
  REQUIRE(tree);
  interpolate(*tree, "t.yaml", environment, diagnostics);
  CHECK(to_json(*tree) == R"({"a":"${PORT}"})");
}

TEST_CASE("every failure is told at its place, and the value is then left alone") {
  auto f = filled("a: x${NOPE}\nb: ${file:/none}\nc: ${}\nd: ${A B}\ne: ${OPEN\nf: ${file:}\n");
  REQUIRE(f.problems.size() == 6);
  CHECK(f.problems[0].code == "SB1101");
  CHECK(f.problems[0].column == 5);
  CHECK(f.problems[0].length == 7);
  CHECK(f.problems[1].code == "SB1102");
  for (size_t i = 2; i < 6; ++i) CHECK(f.problems[i].code == "SB1103");
}

TEST_CASE("many small placeholders cannot make a huge value") {
  Environment environment = fake_environment();
  environment.file = [](const std::string &) -> Result<std::string> { return std::string(60'000, 'x'); };
  std::string text = "a: \"";
  for (int i = 0; i < 1000; ++i) text += "${file:/x}";
  text += '"';
  Diagnostics diagnostics;
  diagnostics.open("t.yaml", text);
  std::optional<Node> tree = parse(text, diagnostics);
  REQUIRE(tree);
  interpolate(*tree, "t.yaml", environment, diagnostics);
  REQUIRE(diagnostics.problems().size() == 1);
  CHECK(diagnostics.problems()[0].code == "SB1104");
}

}  // namespace signalbox::config
