#include "core/plugin/registry.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include "tests/plugin/fixture.hpp"

using signalbox::plugin_directories;
using signalbox::Registry;

namespace {

using Names = std::vector<std::string>;

Names messages(const Registry &registry) {
  Names all;
  for (const auto &problem : registry.problems()) all.push_back(problem.message);
  return all;
}

}  // namespace

TEST_CASE("plugins are looked for beside the program, then where one says") {
  CHECK(plugin_directories("/opt/sb/bin/signalbox", {}, "") == Names{"/opt/sb/lib/signalbox/plugins"});
  CHECK(plugin_directories("/opt/sb/bin/signalbox", {"/a", "b/"}, "/c:/d/") ==
        Names{"/opt/sb/lib/signalbox/plugins", "/a", "b", "/c", "/d"});
  CHECK(plugin_directories("bin/signalbox", {}, "") == Names{"lib/signalbox/plugins"});
  CHECK(plugin_directories("signalbox", {}, "") == Names{"../lib/signalbox/plugins"});
}

TEST_CASE("a directory named twice or not at all is looked into once or not at all") {
  CHECK(plugin_directories("/bin/x", {"/a", "/a/", "/b/../a"}, ":/a::/lib/signalbox/plugins:") ==
        Names{"/lib/signalbox/plugins", "/a"});
}

TEST_CASE("what is fit is found by kind and type") {
  Folder folder;
  const std::string good = folder.put("good"), c = folder.put("plain_c");
  folder.write("readme.txt", "not a plugin");
  folder.write("good.so.bak", "not a plugin either");
  Registry registry;
  registry.scan(folder.path());
  CHECK(messages(registry) == Names{});
  CHECK(registry.names(SBX_FILTER) == Names{"fixture", "good"});
  CHECK(registry.names(SBX_SINK) == Names{"good_sink"});
  CHECK(registry.names(SBX_SOURCE) == Names{});
  REQUIRE(registry.find(SBX_FILTER, "good"));
  CHECK(std::string(registry.find(SBX_FILTER, "good")->plugin->version) == "1.0.0");
  CHECK(registry.find(SBX_FILTER, "good")->module->path() == good);
  CHECK(registry.find(SBX_FILTER, "fixture")->module->path() == c);
  CHECK_FALSE(registry.find(SBX_SINK, "good"));
  CHECK(registry.all().size() == 3);
}

TEST_CASE("a broken file is told and stops nobody") {
  Folder folder;
  folder.put("good");
  const std::string broken = folder.write("broken.so", "text");
  Registry registry;
  registry.scan(folder.path());
  CHECK(registry.find(SBX_FILTER, "good"));
  CHECK(messages(registry) == Names{"cannot load plugin " + broken + ": it is not an ELF file"});
  CHECK(registry.problems()[0].file == broken);
}

TEST_CASE("of two plugins with one name the first stays and both files are named") {
  Folder first, second;
  const std::string a = first.put("good"), b = second.put("duplicate");
  Registry registry;
  registry.scan(first.path());
  registry.scan(second.path());
  CHECK(registry.find(SBX_FILTER, "good")->module->path() == a);
  CHECK(messages(registry) ==
        Names{"the filter 'good' is in " + a + " and in " + b + "; the first one is used, remove one of them"});
}

TEST_CASE("within a directory the first is the first by name") {
  Folder folder;
  const std::string b = folder.put("good", "b"), a = folder.put("duplicate", "a");
  Registry registry;
  registry.scan(folder.path());
  CHECK(registry.find(SBX_FILTER, "good")->module->path() == a);
  CHECK(registry.find(SBX_SINK, "good_sink")->module->path() == b);
  CHECK(registry.problems().size() == 1);
}

TEST_CASE("a file that is met again under another name is no duplicate") {
  Folder folder, other;
  const std::string good = folder.put("good");
  REQUIRE(symlink(good.c_str(), (other.path() + "/link.so").c_str()) == 0);
  Registry registry;
  registry.scan(folder.path());
  registry.scan(folder.path());
  registry.scan(other.path());
  CHECK(messages(registry) == Names{});
}

TEST_CASE("a directory that is not there is told") {
  Folder folder;
  Registry registry;
  registry.scan(folder.path() + "/none");
  CHECK(messages(registry) ==
        Names{"cannot look for plugins in " + folder.path() + "/none: No such file or directory"});
}

TEST_CASE("a missing plugin is explained by the file that would have held it") {
  Folder folder;
  folder.put("good");
  const std::string redis = folder.write("libsignalbox-redis.so", "text");
  const std::string other = folder.write("other.so", "text");
  Registry registry;
  registry.scan(folder.path());
  CHECK(registry.why_missing(SBX_SOURCE, "redis") ==
        "no source plugin is called 'redis'; cannot load plugin " + redis + ": it is not an ELF file");
  CHECK(registry.why_missing(SBX_SOURCE, "good") == "no source plugin is called 'good', but a filter is");
  CHECK(registry.why_missing(SBX_SINK, "sse") ==
        "no sink plugin is called 'sse'; not everything could be loaded: " + redis + ", " + other);
  CHECK(Registry().why_missing(SBX_SINK, "sse") == "no sink plugin is called 'sse'");
}
