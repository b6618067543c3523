#include "core/config/schema.hpp"

#include <doctest/doctest.h>

#include "core/config/parse.hpp"
#include "core/config/validate.hpp"

namespace signalbox::config {
namespace {

struct Answer {
  std::string json, text;
  std::map<std::string, Position> positions;
};

Answer checked(const std::string &schema_json, const std::string &yaml) {
  Result<Schema> schema = compile(schema_json);
  REQUIRE_MESSAGE(schema.ok(), schema.message());
  Diagnostics diagnostics;
  diagnostics.open("t.yaml", yaml);
  std::optional<Node> tree = parse(yaml, diagnostics);
  REQUIRE(tree);
  Checked c = validate(*schema, *tree, "it", {1, 1, 1}, {"dir/t.yaml", nullptr}, diagnostics);
  return {c.json, diagnostics.text(), c.positions};
}

std::string fault(const std::string &schema_json) {
  Result<Schema> schema = compile(schema_json);
  return schema.ok() ? "" : schema.message();
}

}  // namespace

TEST_CASE("the value comes out canonical: schema's order, defaults, milliseconds, bytes, resolved files") {
  const char *schema = R"({"type":"object","properties":{
    "wait":{"type":"string","format":"duration","default":"10s"},
    "room":{"type":"string","format":"size"},
    "ca":{"type":"string","format":"file"},
    "nested":{"type":"object","default":{},"properties":{"deep":{"type":"integer","default":3}}},
    "list":{"type":"array","items":{"type":"object","properties":{"on":{"type":"boolean","default":true}}}}}})";
  Answer a = checked(schema, "zebra: 1\nlist: [{}, { on: false }]\nca: ca.pem\nroom: 64KiB\n");
  CHECK(
      a.json ==
      R"({"wait":10000,"room":65536,"ca":"dir/ca.pem","nested":{"deep":3},"list":[{"on":true},{"on":false}],"zebra":1})");
  CHECK(a.text == "");
}

TEST_CASE("a plugin's JSON pointer leads back to a place in the file") {
  Answer a = checked(R"({"type":"object","properties":{"rules":{"type":"array","items":{"type":"object"}}}})",
                     "rules:\n  - a/b: [x, y]\n");
  CHECK(a.positions.at("/rules/0/a~1b/1") == Position{2, 14, 1});
  CHECK(a.positions.at("/rules").line == 2);
}

TEST_CASE("numbers pass through untouched and are compared as numbers") {
  CHECK(checked(R"({"type":"integer"})", "12345678901234567890123").json == "12345678901234567890123");
  CHECK(checked(R"({"type":"number"})", "0.10").json == "0.10");
  CHECK(checked(R"({"type":"number","minimum":0,"maximum":1})", "1.5").text.find("from 0 to 1") != std::string::npos);
  CHECK(checked(R"({"const":1})", "1").text == "");
  CHECK(checked(R"({"const":1})", "\"1\"").text.find("SB1204") != std::string::npos);
}

TEST_CASE("oneOf chooses by type and tells only what concerns the chosen branch") {
  const char *schema = R"({"oneOf":[{"type":"string"},{"type":"array","items":{"type":"string"}}]})";
  CHECK(checked(schema, "a").json == R"("a")");
  CHECK(checked(schema, "[a, b]").json == R"(["a","b"])");
  CHECK(checked(schema, "[a, 1]").text.find("item 2 of it wants text") != std::string::npos);
  CHECK(checked(schema, "5").text.find("it wants text or a list, but has 5") != std::string::npos);
}

TEST_CASE("a misspelt word of a oneOf is told without quotes, with all that would do") {
  const char *schema = R"({"oneOf":[{"type":"string","enum":["publish","github","stripe"]},{"type":"object"}]})";
  const std::string text = checked(schema, "strpie").text;
  CHECK(text.find(
            R"(it wants publish, github, stripe or a map (key: value), but has "strpie"; did you mean "stripe"?)") !=
        std::string::npos);
  std::string words;
  for (int i = 0; i < 30; ++i) words += (i ? ",\"w" : "\"w") + std::to_string(i) + '"';
  const std::string many = R"({"oneOf":[{"enum":[)" + words + R"(]},{"type":"object"}]})";
  CHECK(checked(many.c_str(), "no").text.find("it wants a map (key: value), or one of w0, w1, ") != std::string::npos);
}

TEST_CASE("the path of a file below a secret is none, and a secret beside it is one") {
  const char *schema =
      R"({"type":"object","x-secret":true,"additionalProperties":{"type":["string","object"],"properties":{"file":{"type":"string","format":"file"}}}})";
  const std::string text = checked(schema, "a: { file: keys/a.pem }\nb: sw0rdfish\n").text;
  CHECK(text.find("\"b\" is a secret that stands in the file") != std::string::npos);
  CHECK(text.find("\"file\" is a secret") == std::string::npos);
  CHECK(text.find("sw0rdfish") == std::string::npos);
}

TEST_CASE("what is below a secret is a secret") {
  const char *schema =
      R"({"type":"object","properties":{"secrets":{"type":"object","x-secret":true,"additionalProperties":{"type":"string","minLength":30}}}})";
  std::string text = checked(schema, "secrets:\n  key: sw0rdfish\n  list: [sw0rdfish]\n  number: 4711\n").text;
  CHECK(text.find("SB1207") != std::string::npos);
  CHECK(text.find("sw0rdfish") == std::string::npos);
  CHECK(text.find("4711") == std::string::npos);
  CHECK(checked(schema, "secrts: { key: sw0rdfish }\n").text.find("sw0rdfish") == std::string::npos);
  CHECK(checked(R"({"additionalProperties":false,"properties":{"password":{"x-secret":true}}})", "pasword: sw0rdfish\n")
            .text.find("  pasword: ***\n") != std::string::npos);
}

TEST_CASE("a schema that is none is one sentence with its place") {
  CHECK(fault("") == "it is not valid JSON");
  CHECK(fault("[]") == "a schema is wanted at its root");
  CHECK(fault(R"({"type":"strng"})") == "an unknown type stands at /type");
  CHECK(fault(R"({"properties":{"a":{"format":"uuid"}}})") == "an unknown format stands at /properties/a/format");
  CHECK(fault(R"({"$ref":"#"})").find("documented subset") != std::string::npos);
  CHECK(fault(R"({"pattern":"("})").find("no regular expression") != std::string::npos);
  CHECK(fault(R"({"pattern":"(a+)+$"})").find("repeats a repetition") != std::string::npos);
  CHECK(fault(R"({"type":"integer","default":"x"})").find("does not pass its own schema") != std::string::npos);
  CHECK(fault(R"({"minItems":-1})") == "a whole number is wanted at /minItems");
  CHECK(fault(R"({"required":"a"})") != "");
  CHECK(fault(R"({"enum":[]})") != "");
  CHECK(fault(R"({"properties":[1]})") != "");
  CHECK(fault(R"({"oneOf":[{}],"properties":{"a":{}}})") != "");
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += R"({"items":)";
  CHECK(fault(deep) == "it is nested too deep");
}

TEST_CASE("a pattern meets no text that is long enough to hurt") {
  std::string schema = R"({"type":"string","pattern":"^[a-z]*$"})";
  CHECK(checked(schema, std::string(1000, 'a')).text == "");
  CHECK(checked(schema, std::string(100'000, 'a')).text.find("SB1207") != std::string::npos);
}

}  // namespace signalbox::config
