#include "core/plugin/elf.hpp"

#include <doctest/doctest.h>
#include <elf.h>

#include <algorithm>
#include <cstring>

#include "tests/plugin/fixture.hpp"

using signalbox::read_elf;

namespace {

std::string why_not(std::string_view bytes) {
  auto elf = read_elf(bytes);
  return elf.ok() ? "" : elf.message();
}

template <class T>
T take(const std::string &bytes, size_t offset) {
  T value;
  REQUIRE(offset + sizeof value <= bytes.size());
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

template <class T>
void put(std::string &bytes, size_t offset, T value) {
  REQUIRE(offset + sizeof value <= bytes.size());
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

std::string good() { return read_file(fixture("good")); }

// Offset of the dynamic entry with this tag.
size_t dynamic_entry(const std::string &bytes, int64_t tag) {
  auto header = take<Elf64_Ehdr>(bytes, 0);
  for (size_t i = 0; i < header.e_phnum; ++i) {
    auto segment = take<Elf64_Phdr>(bytes, header.e_phoff + i * sizeof(Elf64_Phdr));
    if (segment.p_type != PT_DYNAMIC) continue;
    for (size_t at = segment.p_offset;; at += sizeof(Elf64_Dyn)) {
      auto entry = take<Elf64_Dyn>(bytes, at);
      if (entry.d_tag == tag) return at;
      REQUIRE(entry.d_tag != DT_NULL);
    }
  }
  FAIL("no dynamic segment");
  return 0;
}

}  // namespace

TEST_CASE("a plugin's majors and libraries are found without loading it") {
  auto elf = read_elf(good());
  REQUIRE(elf.ok());
  CHECK(elf->majors == std::vector<uint32_t>{1});
  CHECK(std::any_of(elf->needed.begin(), elf->needed.end(), [](auto &n) { return n.starts_with("libc.so"); }));
}

TEST_CASE("a library of another kind exports no major, also when a name looks like one") {
  auto elf = read_elf(read_file(fixture("no_entry")));
  REQUIRE(elf.ok());
  CHECK(elf->majors.empty());
}

TEST_CASE("a later major is seen by its number, also in a file with the older kind of symbol hash") {
  auto elf = read_elf(read_file(fixture("wrong_major")));
  REQUIRE(elf.ok());
  CHECK(elf->majors == std::vector<uint32_t>{2});
}

TEST_CASE("the library that a plugin needs is seen") {
  auto elf = read_elf(read_file(fixture("needs_absent")));
  REQUIRE(elf.ok());
  CHECK(std::count(elf->needed.begin(), elf->needed.end(), "libabsent_fixture.so") == 1);
}

#ifdef PLUGIN_SANITIZER
TEST_CASE("this build's sanitizer shows, and that of an unsanitized file does not") {
  auto elf = read_elf(good());
  REQUIRE(elf.ok());
  CHECK(elf->asan == (std::string_view(PLUGIN_SANITIZER) == "AddressSanitizer"));
  CHECK(elf->tsan == (std::string_view(PLUGIN_SANITIZER) == "ThreadSanitizer"));
  auto plain = read_elf(read_file(fixture("unsanitized")));
  REQUIRE(plain.ok());
  CHECK_FALSE(plain->asan);
  CHECK_FALSE(plain->tsan);
}
#else
TEST_CASE("the sanitizer that a file was built with shows") {
  auto plain = read_elf(good());
  auto asan = read_elf(read_file(fixture("asan")));
  auto tsan = read_elf(read_file(fixture("tsan")));
  REQUIRE(plain.ok());
  REQUIRE(asan.ok());
  REQUIRE(tsan.ok());
  CHECK_FALSE(plain->asan);
  CHECK_FALSE(plain->tsan);
  CHECK(asan->asan);
  CHECK_FALSE(asan->tsan);
  CHECK(tsan->tsan);
  CHECK_FALSE(tsan->asan);
}
#endif

TEST_CASE("bytes that are no ELF file are told so") {
  CHECK(why_not("") == "it is empty");
  CHECK(why_not("#!/bin/sh\n") == "it is not an ELF file");
  CHECK(why_not("\x7f"
                "EL") == "it is not an ELF file");
  CHECK(why_not("\x7f"
                "ELF") == "it is cut short; copy it again");
}

TEST_CASE("a file for another machine is told by its machine") {
  struct Case {
    uint8_t elf_class, data;
    uint16_t machine;
    const char *says;
  };
#if defined(__x86_64__)
  const std::string ours = ", this signalbox for x86-64";
  const Elf64_Half own = EM_X86_64, other = EM_AARCH64;
  const char *other_says = "it is built for 64-bit ARM", *own_32 = "it is built for x86-64, 32-bit";
#else
  const std::string ours = ", this signalbox for 64-bit ARM";
  const Elf64_Half own = EM_AARCH64, other = EM_X86_64;
  const char *other_says = "it is built for x86-64", *own_32 = "it is built for 64-bit ARM, 32-bit";
#endif
  for (const Case &c : {Case{ELFCLASS64, ELFDATA2LSB, other, other_says},
                        {ELFCLASS32, ELFDATA2LSB, EM_386, "it is built for 32-bit x86"},
                        {ELFCLASS32, ELFDATA2LSB, EM_ARM, "it is built for 32-bit ARM"},
                        {ELFCLASS32, ELFDATA2LSB, own, own_32},
                        {ELFCLASS64, ELFDATA2MSB, EM_S390, "it is built for S/390, big-endian"},
                        {ELFCLASS64, ELFDATA2LSB, 9999, "it is built for another machine (ELF number 9999)"}}) {
    std::string bytes = good();
    bytes[EI_CLASS] = static_cast<char>(c.elf_class);
    bytes[EI_DATA] = static_cast<char>(c.data);
    put<Elf64_Half>(bytes, offsetof(Elf64_Ehdr, e_machine), c.machine);
    CHECK(why_not(bytes) == c.says + ours);
  }
}

TEST_CASE("programs and object files are no shared libraries") {
  CHECK(why_not(read_file(fixture("program"))) == "it is a program, not a shared library");
  std::string bytes = good();
  put<Elf64_Half>(bytes, offsetof(Elf64_Ehdr, e_type), ET_EXEC);
  CHECK(why_not(bytes) == "it is a program, not a shared library");
  put<Elf64_Half>(bytes, offsetof(Elf64_Ehdr, e_type), ET_REL);
  CHECK(why_not(bytes) == "it is not a shared library");
  put<Elf64_Half>(bytes, offsetof(Elf64_Ehdr, e_type), ET_DYN);
  put<Elf64_Half>(bytes, offsetof(Elf64_Ehdr, e_phnum), 0);
  CHECK(why_not(bytes) == "it is not a shared library");
}

TEST_CASE("a file cut anywhere inside what is loaded is told so, never accepted") {
  const std::string bytes = good();
  auto header = take<Elf64_Ehdr>(bytes, 0);
  uint64_t loaded = 0;
  for (size_t i = 0; i < header.e_phnum; ++i) {
    auto segment = take<Elf64_Phdr>(bytes, header.e_phoff + i * sizeof(Elf64_Phdr));
    if (segment.p_type == PT_LOAD) loaded = std::max<uint64_t>(loaded, segment.p_offset + segment.p_filesz);
  }
  REQUIRE(loaded > 1000);
  for (uint64_t size = SELFMAG; size < loaded; size += size < 2000 ? 1 : 97) {
    CAPTURE(size);
    REQUIRE(why_not(std::string_view(bytes).substr(0, size)) == "it is cut short; copy it again");
  }
  CHECK(why_not(std::string_view(bytes).substr(0, loaded)) == "");  // section headers are not needed
}

TEST_CASE("tables that point outside the file are told by name") {
  struct Case {
    const char *file;
    int64_t tag;
    const char *part;
  };
  for (const Case &c : {Case{"good", DT_STRTAB, "string table lies outside the file"},
                        {"good", DT_STRSZ, "string table lies outside the file"},
                        {"good", DT_SYMTAB, "symbol table lies outside the file"},
                        {"good", DT_GNU_HASH, "symbol table has no length"},
                        {"wrong_major", DT_HASH, "symbol table has no length"},
                        {"good", DT_NEEDED, "list of shared libraries points outside the file"}}) {
    for (uint64_t far : {uint64_t{0x7fff'ffff'0000}, UINT64_MAX}) {
      CAPTURE(c.part);
      std::string bytes = read_file(fixture(c.file));
      put<uint64_t>(bytes, dynamic_entry(bytes, c.tag) + sizeof(int64_t), far);
      CHECK(why_not(bytes) == std::string("it is damaged: its ") + c.part);
    }
  }
}

TEST_CASE("any one byte of the headers may be wrong without harm") {
  const std::string bytes = good();
  size_t accepted = 0, refused = 0;
  for (size_t at = 0; at < 2000; ++at) {
    for (unsigned char flip : {0x01, 0x80, 0xff}) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ flip);
      ++(read_elf(damaged).ok() ? accepted : refused);
    }
  }
  CHECK(refused > 100);
  CHECK(accepted > 100);
}
