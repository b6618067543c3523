#include "core/cli/plugins_command.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include "core/cli/schema_text.hpp"
#include "tests/plugin/fixture.hpp"

using signalbox::plugins_command;
using signalbox::Registry;
using signalbox::schema_options;

namespace {

struct Printed {
  int code;
  std::string out, err;
};

Printed run(const Registry &registry, std::string_view name) {
  std::ostringstream out, err;
  int code = plugins_command(registry, name, out, err);
  return {code, out.str(), err.str()};
}

// "name: type" of every option.
std::vector<std::string> options(const char *schema) {
  std::vector<std::string> all;
  for (const auto &option : schema_options(schema)) all.push_back(option.name + ": " + option.type);
  return all;
}

}  // namespace

TEST_CASE("all plugins are one table") {
  Folder folder;
  const std::string good = folder.put("good"), broken = folder.write("broken.so", "text");
  Registry registry;
  registry.scan(folder.path());
  auto printed = run(registry, "");
  CHECK(printed.code == 0);
  CHECK(printed.out ==
        "KIND    TYPE       VERSION  SUMMARY                   FILE\n"
        "filter  good       1.0.0    Passes what it is given.  " +
            good +
            "\n"
            "sink    good_sink  1.0.1    Takes what it is given.   " +
            good + "\n");
  CHECK(printed.err == "warning: cannot load plugin " + broken + ": it is not an ELF file\n");
}

TEST_CASE("one plugin is told with its options") {
  Folder folder;
  const std::string good = folder.put("good");
  Registry registry;
  registry.scan(folder.path());
  auto printed = run(registry, "good");
  CHECK(printed.code == 0);
  CHECK(printed.out ==
        "filter good 1.0.0\n"
        "Passes what it is given.\n"
        "file: " +
            good +
            "\n\n"
            "options (under `with:`)\n"
            "  names: list of string, required\n"
            "      Events that pass.\n"
            "  otherwise: drop | pass, default \"drop\"\n"
            "      What becomes of all others.\n"
            "  limits: object\n"
            "  limits.wait: duration, default \"10s\"\n"
            "      How long.\n"
            "  limits.key: string, secret\n");
  CHECK(run(registry, "good_sink").out.ends_with("\nno options\n"));
}

TEST_CASE("a name that is not installed is an error that says what is") {
  Folder folder;
  folder.put("good");
  const std::string broken = folder.write("redis.so", "text");
  Registry registry;
  registry.scan(folder.path());
  auto printed = run(registry, "redis");
  CHECK(printed.code == 1);
  CHECK(printed.out == "");
  CHECK(printed.err == "no plugin is called 'redis'; installed are: good, good_sink\ncannot load plugin " + broken +
                           ": it is not an ELF file\n");
  CHECK(run(Registry(), "x").err == "no plugin is called 'x'; installed are: none\n");
}

TEST_CASE("lists, maps and forms of a schema are options with a path") {
  using Options = std::vector<std::string>;
  CHECK(options(R"({"properties":{"rules":{"type":"array","items":{"type":"object","properties":{
                      "keep":{"type":"array","items":{"type":"string","format":"json_pointer"}}}}}}})") ==
        Options{"rules: list of object", "rules[].keep: list of json_pointer"});
  CHECK(options(R"({"properties":{"secrets":{"type":"object","additionalProperties":{"type":"string"}}}})") ==
        Options{"secrets: object", "secrets.*: string"});
  CHECK(options(R"({"properties":{"tls":{"oneOf":[{"type":"boolean"},{"type":"object","properties":{
                      "ca":{"type":"string","format":"file"}}}]}}})") ==
        Options{"tls: boolean | object", "tls.ca: file"});
  CHECK(options(R"({"properties":{"port":{"type":["integer","null"]},"mode":{"const":"echo"},"any":true}})") ==
        Options{"port: integer | null", "mode: echo", "any: anything"});
}

TEST_CASE("bounds of a schema are told") {
  auto all = schema_options(R"({"properties":{"n":{"type":"integer","minimum":1,"maximum":9,"default":3},
                                              "s":{"type":"string","minLength":2,"deprecated":true}}})");
  REQUIRE(all.size() == 2);
  CHECK(all[0].notes == std::vector<std::string>{"at least 1", "at most 9"});
  CHECK(all[0].default_value == "3");
  CHECK(all[1].notes == std::vector<std::string>{"at least 2 characters", "deprecated"});
}

TEST_CASE("a schema that makes no sense is no harm") {
  CHECK(schema_options("not json").empty());
  CHECK(schema_options("[]").empty());
  CHECK(schema_options(R"({"properties":3,"required":7,"oneOf":[1,"x"]})").empty());
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += R"({"properties":{"a":)";
  deep += "{}";
  for (int i = 0; i < 5000; ++i) deep += "}}";
  CHECK(schema_options(deep).size() <= 65);
}
