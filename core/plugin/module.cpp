#include "core/plugin/module.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/dll/shared_library.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sbx/sbx.hpp>

#include "core/base/limits.hpp"
#include "core/plugin/elf.hpp"
#include "core/plugin/module_check.hpp"

namespace signalbox {
namespace {

constexpr uint32_t kMajor = 1;
constexpr const char *kEntry = "sbx_module_v1";
constexpr std::string_view kNotFound = ": cannot open shared object file: No such file or directory";

Status unfit(const std::string &path, std::string_view why) {
  return Status::error("cannot load plugin " + path + ": " + std::string(why));
}

// The file's bytes, mapped for as long as the object lives.
class MappedFile {
 public:
  MappedFile(void *bytes, size_t size) : bytes_(bytes), size_(size) {}
  MappedFile(const MappedFile &) = delete;
  MappedFile &operator=(const MappedFile &) = delete;
  ~MappedFile() {
    if (bytes_) munmap(bytes_, size_);
  }
  std::string_view bytes() const { return {static_cast<const char *>(bytes_), size_}; }

 private:
  void *bytes_;
  size_t size_;
};

std::string why_not_opened(int error) {
  if (error == ENOENT || error == ENOTDIR) return "there is no such file";
  if (error == EACCES) return "it is not readable; check its permissions";
  return std::string("it cannot be read: ") + std::strerror(error);
}

// Looks into the file by `open_file`, so that it is the same one that was checked to be a regular file.
Result<ElfModule> inspect_opened(int open_file) {
  struct stat info {};
  if (fstat(open_file, &info) != 0) return Status::error(why_not_opened(errno));
  if (!S_ISREG(info.st_mode)) return Status::error("it is not a regular file");
  const auto size = static_cast<size_t>(info.st_size);
  if (size > limits::kModuleFileMax) return Status::error("it is larger than 1 GiB");
  if (size == 0) return read_elf({});
  void *bytes = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, open_file, 0);
  if (bytes == MAP_FAILED) return Status::error(why_not_opened(errno));
  MappedFile mapped(bytes, size);
  return read_elf(mapped.bytes());
}

Result<ElfModule> inspect(const std::string &path) {
  // Without O_NONBLOCK a named pipe in the directory would hold up the start for ever.
  const int open_file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (open_file < 0) return Status::error(why_not_opened(errno));
  Result<ElfModule> elf = inspect_opened(open_file);
  close(open_file);
  return elf;
}

Status check_entry(const ElfModule &elf) {
  if (elf.majors.empty()) return Status::error("it is not a signalbox plugin: it exports no function sbx_module_v1");
  if (std::find(elf.majors.begin(), elf.majors.end(), kMajor) != elf.majors.end()) return {};
  return Status::error("it is built for plugin ABI " + std::to_string(elf.majors.back()) + ", this signalbox speaks " +
                       std::to_string(kMajor));
}

uint32_t sanitizer_flags(const ElfModule &elf) {
  return (elf.asan ? uint32_t{SBX_BUILD_ASAN} : 0u) | (elf.tsan ? uint32_t{SBX_BUILD_TSAN} : 0u);
}

// What the loader said, without the path that our own sentence already names.
std::string why_not_loaded(const std::string &path, std::string_view loader) {
  if (loader.starts_with(path)) {
    loader.remove_prefix(path.size());
    while (!loader.empty() && (loader.front() == ':' || loader.front() == ' ')) loader.remove_prefix(1);
  } else if (loader.ends_with(kNotFound)) {
    return "it needs the shared library " + std::string(loader.substr(0, loader.size() - kNotFound.size())) +
           ", which is not installed";
  }
  return "the system's loader says: " + std::string(loader);
}

using Entry = decltype(&sbx_module_v1);

Result<Entry> open_library(const std::string &path) {
  namespace dll = boost::dll;
  // NOW: a missing symbol is found here, not in the middle of an event.  LOCAL: two plugins may bring two versions of
  // a library.  NODELETE: see module.hpp; Boost.DLL has no name for it and passes unknown bits on.
  const auto mode = static_cast<dll::load_mode::type>(static_cast<unsigned>(dll::load_mode::rtld_now) |
                                                      static_cast<unsigned>(dll::load_mode::rtld_local) |
                                                      static_cast<unsigned>(RTLD_NODELETE));
  try {
    std::error_code failure;
    dll::shared_library library;
    library.load(path, mode, failure);
    if (failure) {
      const char *text = dlerror();  // Boost.DLL reports only "bad file descriptor"
      return Status::error(why_not_loaded(path, text ? text : "nothing"));
    }
    return &library.get<std::remove_pointer_t<Entry>>(kEntry);
  } catch (const std::exception &e) {
    return Status::error(e.what());
  }
}

}  // namespace

Result<std::shared_ptr<const Module>> load_module(const std::string &path) {
  // Absolute, so that the loader does not search for it and its messages name what ours name.
  std::error_code failure;
  const std::filesystem::path absolute = std::filesystem::absolute(path, failure);
  if (path.empty() || failure) return unfit(path, "there is no such file");

  Result<ElfModule> elf = inspect(path);
  if (!elf.ok()) return unfit(path, elf.message());
  if (Status status = check_entry(*elf); !status.ok()) return unfit(path, status.message());
  if (Status status = check_sanitizers(sanitizer_flags(*elf), SBX_BUILD_FLAGS); !status.ok()) {
    return unfit(path, status.message());
  }
  Result<Entry> entry = open_library(absolute.string());
  if (!entry.ok()) return unfit(path, entry.message());
  const sbx_module *table = (*entry)(SBX_ABI_MINOR);
  if (Status status = check_module(table); !status.ok()) return unfit(path, status.message());
  if (Status status = check_sanitizers(table->build_flags, SBX_BUILD_FLAGS); !status.ok()) {
    return unfit(path, status.message());
  }
  return std::make_shared<const Module>(path, table);
}

}  // namespace signalbox
