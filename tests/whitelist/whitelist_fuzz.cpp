// Pointers, one a line, then an empty line, then data: what comes out is what a second, obvious way of stripping
// makes of it, and is made of bytes that went in.
#include <cstdint>
#include <cstdlib>

#include "plugins/filters/whitelist/strip.hpp"
#include "reference.hpp"

namespace {

// The same reading of a pointer as the reference's tokens.
reference::Pointer tokens(std::string_view text) {
  reference::Pointer out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '/')
      out.emplace_back();
    else if (text[i] == '~')
      out.back() += text[++i] == '0' ? '~' : '/';
    else
      out.back() += text[i];
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  std::string_view rest(reinterpret_cast<const char *>(bytes), size);
  whitelist::PointerTrie trie;
  std::vector<reference::Pointer> pointers;
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.empty()) break;
    if (!trie.add(line).empty()) continue;
    pointers.push_back(line == "*" ? reference::Pointer() : tokens(line));
  }

  whitelist::Stripper stripper;
  std::string out;
  auto result = stripper.strip(rest, trie, out);
  if (result == whitelist::Stripped::kNotJson || result == whitelist::Stripped::kTooDeep) return 0;
  if (result == whitelist::Stripped::kUnchanged) out = rest;

  reference::Json whole, part;
  reference::DuplicateFinder twice;
  try {
    whole = reference::Json::parse(rest);
    part = reference::Json::parse(out);
    reference::Json::sax_parse(rest, &twice);
  } catch (const nlohmann::json::out_of_range &) {
    return 0;  // a number that no double holds
  }
  if (!twice.found && part != reference::strip_top(whole, pointers)) std::abort();
  std::string again;
  if (stripper.strip(out, trie, again) == whitelist::Stripped::kChanged && again != out) std::abort();
  return 0;
}
