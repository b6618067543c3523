#include "core/config/diagnose.hpp"

#include <doctest/doctest.h>

#include "core/base/limits.hpp"

namespace signalbox::config {
namespace {

Diagnostics opened(const std::string &text) {
  Diagnostics diagnostics;
  diagnostics.open("t.yaml", text);
  return diagnostics;
}

}  // namespace

TEST_CASE("a problem is its place, its sentence, its line and a caret") {
  Diagnostics d = opened("one: 1\nchanels: 2\n");
  d.error("SB1203", {2, 1, 7}, "unknown key \"chanels\"", "channels");
  CHECK(d.text() ==
        "t.yaml:2:1: unknown key \"chanels\"; did you mean \"channels\"? [SB1203]\n"
        "  chanels: 2\n"
        "  ^~~~~~~\n"
        "1 problem\n");
  CHECK(d.json() ==
        "[\n {\"file\":\"t.yaml\",\"line\":2,\"column\":1,\"code\":\"SB1203\",\"severity\":\"error\","
        "\"message\":\"unknown key \\\"chanels\\\"\",\"suggestion\":\"channels\"}\n]\n");
}

TEST_CASE("problems are told in the order of the file, the same one once, and warnings are no failure") {
  Diagnostics d = opened("a\nb\n");
  d.warning("SB1", {2, 1}, "later");
  CHECK_FALSE(d.failed());
  d.error("SB2", {1, 1}, "sooner");
  d.error("SB2", {1, 1}, "sooner");
  CHECK(d.failed());
  REQUIRE(d.problems().size() == 2);
  CHECK(d.problems()[0].message == "sooner");
  CHECK(d.text().find("1 problem, 1 warning\n") != std::string::npos);
}

TEST_CASE("columns count characters, and the caret stands below its character") {
  Diagnostics d = opened("größe: ü x\n");
  d.error("SB1", {1, 13, 1}, "here");
  CHECK(d.text() == "t.yaml:1:10: here [SB1]\n  größe: ü x\n           ^\n1 problem\n");
}

TEST_CASE("a long line is cut around the caret") {
  std::string line(50'000, 'a');
  line[40'000] = 'X';
  Diagnostics d = opened(line);
  d.error("SB1", {1, 40'001, 5000}, "here");
  std::string text = d.text();
  CHECK(text.size() < 600);
  CHECK(text.find("aX") != std::string::npos);
  CHECK(text.find("...") != std::string::npos);
}

TEST_CASE("hidden places and passwords in URLs are blotted out") {
  Diagnostics d = opened("password: swordfish, url: redis://u:swordfish@h\n");
  d.hide({1, 11, 9});
  d.error("SB1", {1, 22, 3}, "here");
  std::string text = d.text();
  CHECK(text.find("swordfish") == std::string::npos);
  CHECK(text.find("  password: ***, url: redis://u:***@h\n                 ^~~\n") != std::string::npos);
}

TEST_CASE("a name in a message cannot move the cursor, nor fill the screen") {
  Diagnostics d = opened("a\n");
  d.error("SB1", {1, 1}, "there is no \x1b[2J\tx" + std::string(10'000, 'y'), "\x1b[2J");
  std::string text = d.text();
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\t') == std::string::npos);
  CHECK(text.size() < 1200);
}

TEST_CASE("places outside of the text do no harm") {
  Diagnostics d = opened("a\n");
  for (int line : {0, 1, 2, 3, 1000}) {
    for (int column : {0, 1, 2, 1000}) d.error("SB1", {line, column, 50}, "somewhere");
  }
  CHECK(d.text().find("somewhere") != std::string::npos);
}

TEST_CASE("problems beyond the limit are counted") {
  Diagnostics d = opened("");
  for (size_t i = 0; i < limits::kConfigProblemsMax + 7; ++i) d.error("SB1", {static_cast<int>(i) + 1, 1}, "x");
  CHECK(d.problems().size() == limits::kConfigProblemsMax);
  CHECK(d.text().find("7 more problems, not shown\n" + std::to_string(limits::kConfigProblemsMax + 7) +
                      " problems\n") != std::string::npos);
}

}  // namespace signalbox::config
