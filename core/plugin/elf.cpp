#include "core/plugin/elf.hpp"

#include <elf.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "core/base/limits.hpp"

namespace signalbox {
namespace {

#if defined(__x86_64__)
constexpr uint16_t kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr uint16_t kMachine = EM_AARCH64;
#else
#error "name this machine's ELF number here"
#endif
constexpr std::string_view kEntryPrefix = "sbx_module_v";
constexpr size_t kNameLooked = 64;

std::string machine_name(uint16_t machine) {
  switch (machine) {
    case EM_386:
      return "32-bit x86";
    case EM_ARM:
      return "32-bit ARM";
    case EM_X86_64:
      return "x86-64";
    case EM_AARCH64:
      return "64-bit ARM";
    case EM_RISCV:
      return "RISC-V";
    case EM_PPC64:
      return "64-bit PowerPC";
    case EM_S390:
      return "S/390";
    default:
      return "another machine (ELF number " + std::to_string(machine) + ")";
  }
}

Status cut_short() { return Status::error("it is cut short; copy it again"); }
Status damaged(std::string_view part) { return Status::error("it is damaged: its " + std::string(part)); }

// What the dynamic segment says; addresses as in memory, 0 = not there.
struct Dynamic {
  uint64_t symbols = 0, strings = 0, strings_size = 0, hash = 0, gnu_hash = 0;
  bool program = false;
  std::vector<uint64_t> needed;  // offsets into the strings
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  Result<ElfModule> read();

 private:
  // Copies, because nothing in a hostile file is aligned.
  template <class T>
  std::optional<T> at(uint64_t offset) const {
    if (offset > bytes_.size() || sizeof(T) > bytes_.size() - offset) return {};
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }
  // Element i of a table that begins at `base`; i comes from the file too.
  template <class T>
  std::optional<T> element(uint64_t base, uint64_t i) const {
    if (i > bytes_.size() / sizeof(T)) return {};
    return at<T>(base + i * sizeof(T));
  }
  Status read_header();
  Status read_segments();
  Status read_dynamic();
  Status find_tables();
  std::optional<uint64_t> symbol_count() const;
  std::optional<uint64_t> gnu_symbol_count(uint64_t table) const;
  Status read_symbols();
  void take_symbol(const Elf64_Sym &symbol, std::string_view name);
  std::optional<uint64_t> offset_of(uint64_t address) const;
  std::optional<std::string_view> string(uint64_t offset) const;

  std::string_view bytes_, strings_;
  Elf64_Ehdr header_{};
  std::vector<Elf64_Phdr> loads_;
  std::optional<Elf64_Phdr> dynamic_segment_;
  Dynamic dynamic_;
  uint64_t symbols_at_ = 0;
  ElfModule found_;
};

Status Reader::read_header() {
  if (bytes_.empty()) return Status::error("it is empty");
  if (!bytes_.starts_with(std::string_view(ELFMAG, SELFMAG))) return Status::error("it is not an ELF file");
  auto header = at<Elf64_Ehdr>(0);
  if (!header) return cut_short();
  header_ = *header;
  if (header_.e_ident[EI_CLASS] != ELFCLASS64 || header_.e_ident[EI_DATA] != ELFDATA2LSB ||
      header_.e_machine != kMachine) {
    return Status::error("it is built for " + machine_name(header_.e_machine) +
                         (header_.e_ident[EI_DATA] == ELFDATA2MSB ? ", big-endian" : "") +
                         (header_.e_machine == kMachine && header_.e_ident[EI_CLASS] == ELFCLASS32 ? ", 32-bit" : "") +
                         ", this signalbox for " + machine_name(kMachine));
  }
  if (header_.e_type == ET_EXEC) return Status::error("it is a program, not a shared library");
  if (header_.e_type != ET_DYN) return Status::error("it is not a shared library");
  return {};
}

Status Reader::read_segments() {
  if (header_.e_phentsize != sizeof(Elf64_Phdr)) return damaged("program headers have the wrong size");
  for (uint64_t i = 0; i < header_.e_phnum; ++i) {
    if (header_.e_phoff > bytes_.size()) return cut_short();
    auto segment = element<Elf64_Phdr>(header_.e_phoff, i);
    if (!segment) return cut_short();
    if (segment->p_type != PT_LOAD && segment->p_type != PT_DYNAMIC) continue;
    // The loader maps segments without looking at the file's length; the first touch behind its end is a SIGBUS.
    if (segment->p_offset > bytes_.size() || segment->p_filesz > bytes_.size() - segment->p_offset) return cut_short();
    if (segment->p_type == PT_LOAD) loads_.push_back(*segment);
    if (segment->p_type == PT_DYNAMIC) dynamic_segment_ = *segment;
  }
  if (!dynamic_segment_) return Status::error("it is not a shared library");
  return {};
}

Status Reader::read_dynamic() {
  const uint64_t count = dynamic_segment_->p_filesz / sizeof(Elf64_Dyn);
  for (uint64_t i = 0; i < count; ++i) {
    auto entry = element<Elf64_Dyn>(dynamic_segment_->p_offset, i);
    if (!entry || entry->d_tag == DT_NULL) break;
    const uint64_t value = entry->d_un.d_val;
    switch (entry->d_tag) {
      case DT_SYMTAB:
        dynamic_.symbols = value;
        break;
      case DT_STRTAB:
        dynamic_.strings = value;
        break;
      case DT_STRSZ:
        dynamic_.strings_size = value;
        break;
      case DT_HASH:
        dynamic_.hash = value;
        break;
      case DT_GNU_HASH:
        dynamic_.gnu_hash = value;
        break;
      case DT_FLAGS_1:
        dynamic_.program = (value & DF_1_PIE) != 0;
        break;
      case DT_NEEDED:
        if (dynamic_.needed.size() == limits::kModuleNeededMax) return damaged("list of shared libraries is too long");
        dynamic_.needed.push_back(value);
        break;
      default:
        break;
    }
  }
  if (dynamic_.program) return Status::error("it is a program, not a shared library");
  return {};
}

Status Reader::find_tables() {
  auto strings = offset_of(dynamic_.strings);
  if (!strings || dynamic_.strings_size > bytes_.size() - *strings) {
    return damaged("string table lies outside the file");
  }
  strings_ = bytes_.substr(*strings, dynamic_.strings_size);
  auto symbols = offset_of(dynamic_.symbols);
  if (!symbols) return damaged("symbol table lies outside the file");
  symbols_at_ = *symbols;
  for (uint64_t offset : dynamic_.needed) {
    auto name = string(offset);
    if (!name) return damaged("list of shared libraries points outside the file");
    found_.needed.emplace_back(*name);
    if (name->starts_with("libasan.so") || name->starts_with("libclang_rt.asan")) found_.asan = true;
    if (name->starts_with("libtsan.so") || name->starts_with("libclang_rt.tsan")) found_.tsan = true;
  }
  return {};
}

// Where in the file the byte lies that will be at `address`.
std::optional<uint64_t> Reader::offset_of(uint64_t address) const {
  if (address == 0) return {};  // the table is not there
  for (const Elf64_Phdr &load : loads_) {
    if (address >= load.p_vaddr && address - load.p_vaddr < load.p_filesz) {
      return load.p_offset + (address - load.p_vaddr);
    }
  }
  return {};
}

std::optional<std::string_view> Reader::string(uint64_t offset) const {
  if (offset >= strings_.size()) return {};
  std::string_view rest = strings_.substr(offset);
  size_t end = rest.find('\0');
  if (end == rest.npos) return {};
  return rest.substr(0, end);
}

// The dynamic segment has no count of symbols; the hash tables over them have.
std::optional<uint64_t> Reader::symbol_count() const {
  if (dynamic_.hash != 0) {
    auto table = offset_of(dynamic_.hash);
    auto count = table ? element<uint32_t>(*table, 1) : std::nullopt;  // nbucket, nchain
    return count ? std::optional<uint64_t>(*count) : std::nullopt;
  }
  auto table = offset_of(dynamic_.gnu_hash);
  return table ? gnu_symbol_count(*table) : std::nullopt;
}

std::optional<uint64_t> Reader::gnu_symbol_count(uint64_t table) const {
  struct Head {
    uint32_t buckets, first_symbol, bloom_words, bloom_shift;
  };
  auto head = at<Head>(table);
  if (!head) return {};
  const uint64_t buckets_at = table + sizeof(Head) + uint64_t{head->bloom_words} * sizeof(uint64_t);
  if (buckets_at > bytes_.size()) return {};
  uint64_t last = 0;
  for (uint64_t i = 0; i < head->buckets; ++i) {
    auto first_of_chain = element<uint32_t>(buckets_at, i);
    if (!first_of_chain) return {};
    last = std::max<uint64_t>(last, *first_of_chain);
  }
  if (last < head->first_symbol) return head->first_symbol;  // nothing is exported
  const uint64_t chains_at = buckets_at + uint64_t{head->buckets} * sizeof(uint32_t);
  for (;; ++last) {
    auto hash = element<uint32_t>(chains_at, last - head->first_symbol);
    if (!hash) return {};
    if (*hash & 1) return last + 1;  // the end of the last chain
  }
}

Status Reader::read_symbols() {
  auto count = symbol_count();
  if (!count) return damaged("symbol table has no length");
  for (uint64_t i = 1; i < *count; ++i) {  // symbol 0 is reserved
    auto symbol = element<Elf64_Sym>(symbols_at_, i);
    if (!symbol) return damaged("symbol table lies outside the file");
    if (symbol->st_name >= strings_.size()) return damaged("symbol names lie outside the file");
    // The names that matter are short; long ones are not searched for their end.
    std::string_view name = strings_.substr(symbol->st_name, kNameLooked);
    take_symbol(*symbol, name.substr(0, name.find('\0')));
  }
  std::sort(found_.majors.begin(), found_.majors.end());
  return {};
}

void Reader::take_symbol(const Elf64_Sym &symbol, std::string_view name) {
  const auto binding = ELF64_ST_BIND(symbol.st_info);
  if (symbol.st_shndx == SHN_UNDEF) {
    // Only strong ones: a library that merely knows of a sanitizer refers to it weakly.
    if (binding != STB_GLOBAL) return;
    if (name.starts_with("__asan_")) found_.asan = true;
    if (name.starts_with("__tsan_")) found_.tsan = true;
    return;
  }
  const bool exported =
      (binding == STB_GLOBAL || binding == STB_WEAK) &&
      (ELF64_ST_VISIBILITY(symbol.st_other) == STV_DEFAULT || ELF64_ST_VISIBILITY(symbol.st_other) == STV_PROTECTED);
  if (!exported || ELF64_ST_TYPE(symbol.st_info) != STT_FUNC || !name.starts_with(kEntryPrefix)) return;
  name.remove_prefix(kEntryPrefix.size());
  uint32_t major = 0;
  auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), major);
  if (failure == std::errc() && end == name.data() + name.size() && found_.majors.size() < limits::kModuleMajorsMax) {
    found_.majors.push_back(major);
  }
}

Result<ElfModule> Reader::read() {
  for (auto step : {&Reader::read_header, &Reader::read_segments, &Reader::read_dynamic, &Reader::find_tables,
                    &Reader::read_symbols}) {
    Status status = (this->*step)();
    if (!status.ok()) return status;
  }
  return found_;
}

}  // namespace

Result<ElfModule> read_elf(std::string_view bytes) { return Reader(bytes).read(); }

}  // namespace signalbox
