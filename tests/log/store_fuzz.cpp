// A store that somebody tampered with: each input is a list of places and bytes to put there, into a whole store with
// some events.  It opens and can be read and written, or is an error; nothing else.
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "core/base/limits.hpp"
#include "log_house.hpp"

using namespace signalbox;
using namespace signalbox::testing;

namespace {

struct Lab : House {
  Lab() : House({rule("*", 20, true)}) {
    options.path = folder.file();
    if (!open().ok()) std::abort();
    for (int i = 0; i < 40; ++i) append(emission("c" + std::to_string(i % 4), "e", 50));
    send();
    put_key("c0", "keyed", "k");
    close();
    std::ifstream file(options.path, std::ios::binary);
    whole.assign(std::istreambuf_iterator<char>(file), {});
  }
  Folder folder;
  std::string whole;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static Lab lab;
  std::string bytes = lab.whole;
  // Three bytes of place, one to put there.
  for (; size >= 4; data += 4, size -= 4)
    bytes[(data[0] << 16 | data[1] << 8 | data[2]) % bytes.size()] = static_cast<char>(data[3]);
  std::ofstream(lab.options.path, std::ios::binary | std::ios::trunc) << bytes;
  for (const char *suffix : {"-wal", "-shm"}) std::filesystem::remove(lab.options.path + suffix);
  if (!lab.open().ok()) return 0;
  for (int i = 0; i < 4; ++i) lab.read("c" + std::to_string(i), uint64_t{0});
  lab.put_key("c1", "after", "k");
  lab.log->expire();
  lab.close();
  lab.receipts.clear();
  return 0;
}
