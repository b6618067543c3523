#include "core/config/parse.hpp"

#include <doctest/doctest.h>

#include "core/base/limits.hpp"

namespace signalbox::config {
namespace {

struct Parsed {
  std::optional<Node> tree;
  std::vector<Problem> problems;
};

Parsed parsed(const std::string &text) {
  Diagnostics diagnostics;
  diagnostics.open("t.yaml", text);
  std::optional<Node> tree = parse(text, diagnostics);
  return {std::move(tree), diagnostics.problems()};
}

std::string json(const std::string &text) {
  Parsed p = parsed(text);
  return p.tree && p.problems.empty() ? to_json(*p.tree) : "refused";
}

std::string code(const std::string &text) {
  Parsed p = parsed(text);
  return p.problems.empty() ? "" : p.problems[0].code;
}

std::string repeated(const std::string &piece, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += piece;
  return out;
}

}  // namespace

TEST_CASE("a tree keeps types, order and places") {
  Parsed p = parsed("b: 1\na:\n  - x\n  - \"2\"\n");
  REQUIRE(p.tree);
  CHECK(to_json(*p.tree) == R"({"b":1,"a":["x","2"]})");
  const Entry &a = p.tree->entries[1];
  CHECK(a.at == Position{2, 1, 1});
  CHECK(a.value.items[1].at == Position{4, 5, 3});
}

TEST_CASE("quotes, blocks and the tag !!str make text of anything") {
  CHECK(json("[\"1\", 'true', !!str 2, \"null\"]") == R"(["1","true","2","null"])");
  CHECK(json("a: |\n  12\n") == R"({"a":"12\n"})");
  CHECK(json("a: >-\n  x\n  y\n") == R"({"a":"x y"})");
}

TEST_CASE("a key without a value is null, and stands where its key does") {
  Parsed p = parsed("a:\nb: ~\n");
  REQUIRE(p.tree);
  CHECK(to_json(*p.tree) == R"({"a":null,"b":null})");
  CHECK(p.tree->entries[0].value.at.line == 1);
}

TEST_CASE("an alias is a copy of what its anchor names") {
  CHECK(json("a: &x { k: 1 }\nb: *x\n") == R"({"a":{"k":1},"b":{"k":1}})");
  CHECK(code("a: &x [*x]\n") == "SB1007");
}

TEST_CASE("the map's own keys win over merged ones, before and after the merge") {
  CHECK(json("d: &d { a: 1, b: 2 }\nm: { a: 9, <<: *d, c: 3 }\n") == R"({"d":{"a":1,"b":2},"m":{"a":9,"c":3,"b":2}})");
  CHECK(json("d: &d { a: 1 }\nm: { <<: *d, a: 9 }\n") == R"({"d":{"a":1},"m":{"a":9}})");
  CHECK(json("x: &x { a: 1 }\ny: &y { a: 2, b: 2 }\nm: { <<: [*x, *y] }\n") ==
        R"({"x":{"a":1},"y":{"a":2,"b":2},"m":{"a":1,"b":2}})");
  CHECK(json("m: { \"<<\": 1 }\n") == R"({"m":{"<<":1}})");
  CHECK(code("m: { <<: [1] }\n") == "SB1007");
}

TEST_CASE("duplicate keys are all told, and the first value is kept") {
  Parsed p = parsed("a: 1\na: 2\nb: 3\nb: [4]\n");
  REQUIRE(p.tree);
  CHECK(p.problems.size() == 2);
  CHECK(to_json(*p.tree) == R"({"a":1,"b":3})");
}

TEST_CASE("what is no single document of plain maps is refused with its place") {
  CHECK(code("a: 1\n---\nb: 2\n") == "SB1005");
  CHECK(code("- a\nb: 1\n") == "SB1005");
  CHECK(code("? [a]\n: 1\n") == "SB1008");
  CHECK(code(": 1\n") == "SB1008");
  CHECK(code("a: !x 1\n") == "SB1006");
  CHECK(code("a: \"open\n") == "SB1003");
  CHECK(code("a: 'it''s\nb: 1\n") == "SB1003");
  CHECK(json("a: \"q\\\"\"\nb: 'it''s'\n") == R"({"a":"q\"","b":"it's"})");
  CHECK(code("a:\n\tb: 1\n") == "SB1010");
  CHECK(code("a: \xff\n") == "SB1001");
  CHECK(code(std::string("a: \0\n", 6)) == "SB1001");
  CHECK(code("a: \x04\nb: 1\n") == "SB1001");  // which the reader would take for the end of the file
}

TEST_CASE("nesting is bounded however it is written, also far beyond what the reader itself bears") {
  std::string just = repeated("[", limits::kConfigDepthMax - 1) + repeated("]", limits::kConfigDepthMax - 1);
  CHECK(code(just) == "");
  for (size_t times : {70u, 1000u, 100'000u}) {
    for (const char *piece : {"[", "{a: ", "- ", "? "}) CHECK_MESSAGE(code(repeated(piece, times)) != "", piece, times);
  }
  std::string stairs;
  for (int i = 0; i < 100; ++i) stairs += std::string(static_cast<size_t>(i), ' ') + "a:\n";
  CHECK(code(stairs) == "SB1002");
}

TEST_CASE("aliases cannot grow a small file into a large tree, nor into a deep one") {
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    std::string n = std::to_string(i);
    laughs += "a" + n + ": &a" + n + " [" + repeated("*a" + std::to_string(i - 1) + ", ", 10) + "]\n";
  }
  CHECK(code(laughs) == "SB1002");
  std::string deep = "a0: &a0 [x]\n";
  for (int i = 1; i < 200; ++i)
    deep += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
  CHECK(code(deep) == "SB1002");
}

TEST_CASE("size, values, keys and brackets have limits") {
  CHECK(code(std::string(limits::kConfigFileMax + 1, '#')) == "SB1002");
  CHECK(code(repeated("[],", limits::kConfigNodesMax)) == "SB1002");
  CHECK(code(repeated("- a\n", limits::kConfigNodesMax + 1)) == "SB1002");
  std::string keys;
  for (size_t i = 0; i <= limits::kConfigKeysMax; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  CHECK(code(keys) == "SB1002");
}

}  // namespace signalbox::config
