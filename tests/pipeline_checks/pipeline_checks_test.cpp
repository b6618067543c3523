// What `check` says of pipelines whose parts do not go together.
#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "core/cli/program.hpp"

using namespace signalbox;

namespace {

struct Said {
  bool ok;
  std::string text;
  bool has(std::string_view words) const { return text.find(words) != std::string::npos; }
};

// What is said of one pipeline, made of the names of plugins.
Said check(const std::string &from, const std::string &through, const std::string &to,
           const std::string &listener = "{ bind: \"127.0.0.1:6001\" }", const std::string &with = "") {
  std::string folder = (std::filesystem::temp_directory_path() / "signalbox_checks_XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  const std::string file = folder + "/t.yaml";
  std::ofstream out(file);
  out << "listeners:\n  public: " << listener
      << "\nsources:\n  events: { plugin: events }\n  logins: { plugin: logins }\n"
      << "  made: { plugin: events, with: { data: { order: 1 } } }\n"
      << "filters:\n  passes: { plugin: passes }\n  fields: { plugin: fields }\n  keeper: { plugin: keeper }\n"
      << "sinks:\n  open: { plugin: open, with: { listener: public" << with << " } }\n"
      << "  shut: { plugin: shut, with: { listener: public } }\n"
      << "pipelines:\n  shop: { from: [" << from << "], through: [" << through << "], to: [" << to << "] }\n";
  out.close();
  Program program({PIPELINE_PARTS});
  const Program::Loaded loaded = program.load(file);
  std::filesystem::remove_all(folder);
  return {loaded.ok(), loaded.diagnostics.text()};
}

constexpr const char *kEverySite = R"({ bind: "0.0.0.0:6001", origins: ["*"] })";

}  // namespace

TEST_CASE("an open sink behind a filter that says who may listen is refused where it stands") {
  const Said said = check("events", "keeper, fields", "shut, open");
  CHECK_FALSE(said.ok);
  CHECK(
      said.has(":15:65: the sink \"open\" tells every event to everybody who connects, but in this pipeline the "
               "filter \"keeper\" says who may listen"));
  CHECK(check("events", "keeper, fields", "shut").ok);
}

TEST_CASE("an open sink of a source that says who may listen is refused, too") {
  const Said said = check("events, logins", "fields", "open");
  CHECK_FALSE(said.ok);
  CHECK(said.has("the source \"logins\" says who may listen"));
  CHECK(check("events", "fields", "open").ok);
}

TEST_CASE("a pipeline that limits neither fields nor listeners is warned of") {
  constexpr const char *kWarning =
      "pipeline \"shop\" has no whitelist: every field of its events leaves to whoever "
      "subscribes";
  const Said said = check("events", "passes", "shut");
  CHECK(said.ok);
  CHECK(said.has(kWarning));
  CHECK(check("events", "", "shut").has(kWarning));
  CHECK_FALSE(check("events", "passes, fields", "shut").has(kWarning));
  CHECK_FALSE(check("events", "keeper", "shut").has(kWarning));
  CHECK_FALSE(check("logins", "", "shut").has(kWarning));
  CHECK(check("logins, events", "", "shut").has(kWarning));
  CHECK_FALSE(check("logins, made", "", "shut").has(kWarning));
  CHECK(check("made, events", "", "shut").has(kWarning));
}

TEST_CASE("an open sink for the pages of every site is refused unless it is spelled out") {
  const Said said = check("events", "fields", "open", kEverySite);
  CHECK_FALSE(said.ok);
  CHECK(
      said.has(":2:44: pages of every site (\"*\") may connect to the listener \"public\", where the sink \"open\" "
               "tells every event to everybody"));
  CHECK(said.has("broadcast_to_everyone: true"));
  const Said spelled_out = check("events", "fields", "open", kEverySite, ", broadcast_to_everyone: true");
  CHECK(spelled_out.ok);
  CHECK(spelled_out.has("pages of every site"));
}

TEST_CASE("on loopback, behind a unix socket, for named sites or with subscriptions nothing is said of it") {
  for (const char *listener :
       {R"({ bind: "127.0.0.1:6001", origins: ["*"] })", R"({ bind: "localhost:6001", origins: ["*"] })",
        R"({ bind: "[::1]:6001", origins: ["*"] })", R"({ bind: "unix:/tmp/s.sock", origins: ["*"] })",
        R"({ bind: "0.0.0.0:6001", origins: ["https://shop.example"] })", R"({ bind: "0.0.0.0:6001" })"}) {
    const Said said = check("events", "fields", "open", listener);
    CHECK_MESSAGE(said.ok, said.text);
    CHECK_FALSE(said.has("pages of every site"));
  }
  CHECK_FALSE(check("events", "fields", "shut", kEverySite, ", broadcast_to_everyone: true").has("the sink \"shut\""));
}
