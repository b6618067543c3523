#include "core/plugin/module.hpp"

#include <dlfcn.h>
#include <doctest/doctest.h>
#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/plugin/fixture.hpp"

using signalbox::load_module;

namespace {

// Why the file is unfit, without the beginning that all sentences share; "" when it is fit.
std::string why_not(const std::string &path) {
  auto module = load_module(path);
  if (module.ok()) return "";
  const std::string beginning = "cannot load plugin " + path + ": ";
  REQUIRE(module.message().substr(0, beginning.size()) == beginning);
  return module.message().substr(beginning.size());
}

}  // namespace

TEST_CASE("a fit file gives its plugins") {
  auto module = load_module(fixture("good"));
  REQUIRE_MESSAGE(module.ok(), module.message());
  CHECK((*module)->path() == fixture("good"));
  CHECK((*module)->name() == "good");
  CHECK((*module)->version() == "1.0.0");
  CHECK_FALSE((*module)->toolchain().empty());
  REQUIRE((*module)->plugins().size() == 2);
  CHECK(std::string((*module)->plugins()[0]->type) == "good");
  CHECK((*module)->plugins()[1]->kind == SBX_SINK);
}

TEST_CASE("a plugin in plain C is as good as any") {
  auto module = load_module(fixture("plain_c"));
  REQUIRE_MESSAGE(module.ok(), module.message());
  const sbx_plugin *plugin = (*module)->plugins()[0];
  sbx_event event{};
  event.size = sizeof event;
  int self = 0;
  CHECK(plugin->on_event(&self, &event) == SBX_DROP);
}

TEST_CASE("a relative path is taken from here, not from the loader's search path") {
  Folder folder;
  folder.put("good");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  auto module = load_module("good.so");
  std::filesystem::current_path(before);
  CHECK_MESSAGE(module.ok(), module.message());
}

TEST_CASE("a file is never unloaded, whatever it was linked with") {
  Folder folder;
  const std::string path = folder.put("plain_c");
  CHECK(dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD) == nullptr);
  CHECK(load_module(path).ok());  // and the Module is gone again
  CHECK(dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD) != nullptr);
}

TEST_CASE("a loaded plugin's symbols are not in anybody's way") {
  REQUIRE(load_module(fixture("good")).ok());
  CHECK(dlsym(RTLD_DEFAULT, "sbx_module_v1") == nullptr);
}

TEST_CASE("a file that cannot be read is told why") {
  Folder folder;
  CHECK(why_not(folder.path() + "/none.so") == "there is no such file");
  CHECK(why_not(folder.write("file", "x") + "/none.so") == "there is no such file");
  CHECK(why_not("") == "there is no such file");
  CHECK(why_not(folder.path()) == "it is not a regular file");
  const std::string pipe = folder.path() + "/pipe.so";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(why_not(pipe) == "it is not a regular file");
  const std::string loop = folder.path() + "/loop.so";
  REQUIRE(symlink("loop.so", loop.c_str()) == 0);
  CHECK(why_not(loop) == "it cannot be read: Too many levels of symbolic links");
}

TEST_CASE("a file without read permission is told so") {
  Folder folder;
  const std::string path = folder.put("good");
  REQUIRE(chmod(path.c_str(), 0) == 0);
  // Permissions do not stop root, so root becomes nobody for a moment.
  const uid_t self = geteuid();
  if (self == 0) {
    REQUIRE(chmod(folder.path().c_str(), 0755) == 0);
    REQUIRE(seteuid(65534) == 0);
  }
  const std::string why = why_not(path);
  REQUIRE(seteuid(self) == 0);
  CHECK(why == "it is not readable; check its permissions");
}

TEST_CASE("a file that is no shared library for this machine is told so") {
  Folder folder;
  CHECK(why_not(folder.write("empty.so", "")) == "it is empty");
  CHECK(why_not(folder.write("text.so", "INPUT(libfoo.so)\n")) == "it is not an ELF file");
  std::string bytes = read_file(fixture("good"));
  CHECK(why_not(folder.write("cut.so", bytes.substr(0, bytes.size() / 4))) == "it is cut short; copy it again");
  bytes[EI_CLASS] = ELFCLASS32;
  CHECK(why_not(folder.write("small.so", bytes)).starts_with("it is built for "));
  CHECK(why_not(fixture("program")) == "it is a program, not a shared library");
  CHECK(why_not("/proc/self/exe") != "");
}

TEST_CASE("a shared library that is no plugin of this ABI is told so") {
  CHECK(why_not(fixture("no_entry")) == "it is not a signalbox plugin: it exports no function sbx_module_v1");
  CHECK(why_not(fixture("wrong_major")) == "it is built for plugin ABI 2, this signalbox speaks 1");
}

TEST_CASE("what a plugin needs and the system has not is named") {
  CHECK(why_not(fixture("needs_absent")) == "it needs the shared library libabsent_fixture.so, which is not installed");
  CHECK(why_not(fixture("needs_symbol")) == "the system's loader says: undefined symbol: fixture_that_nobody_has");
}

TEST_CASE("an entry that gives nothing usable is told so") {
  CHECK(why_not(fixture("refuses")) == "its entry refused plugin ABI 1.0; it may need a newer signalbox");
  CHECK(why_not(fixture("bad_magic")) == "its entry returned something that is not a signalbox module");
  CHECK(why_not(fixture("bad_type")) ==
        "its plugin number 1 has the type name 'Not A Name'; only lower-case letters, digits and '_' may be in it, 64 "
        "at most");
}

#ifdef PLUGIN_SANITIZER
TEST_CASE("a file built without this build's sanitizer is refused before it is loaded") {
  CHECK(why_not(fixture("unsanitized")) == "it is built without " PLUGIN_SANITIZER
                                           ", this signalbox with it; build both alike");
  CHECK(dlopen(fixture("unsanitized").c_str(), RTLD_NOW | RTLD_NOLOAD) == nullptr);
}
#else
TEST_CASE("a file built with a sanitizer is refused before it is loaded") {
  CHECK(why_not(fixture("asan")) == "it is built with AddressSanitizer, this signalbox without it; build both alike");
  CHECK(why_not(fixture("tsan")) == "it is built with ThreadSanitizer, this signalbox without it; build both alike");
  CHECK(why_not(fixture("claims_tsan")) ==
        "it is built with AddressSanitizer, this signalbox without it; build both alike");
  CHECK(dlopen(fixture("asan").c_str(), RTLD_NOW | RTLD_NOLOAD) == nullptr);
}
#endif
