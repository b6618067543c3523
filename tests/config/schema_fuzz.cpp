// A schema and a document, with a zero byte between them: a bad schema is a message, a good one checks anything.
// Patterns are left out: how long a regular expression takes is its author's business, its length and that of the text
// are bounded.
#include <cstdint>
#include <cstdlib>

#include "core/config/parse.hpp"
#include "core/config/text.hpp"
#include "core/config/validate.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  using namespace signalbox::config;
  std::string_view input(reinterpret_cast<const char *>(data), size);
  size_t zero = input.find('\0');
  if (zero == std::string_view::npos || input.find("pattern\"") != std::string_view::npos) return 0;
  auto schema = compile(input.substr(0, zero));
  if (!schema.ok()) return schema.message().empty() ? 1 : 0;
  std::string_view text = input.substr(zero + 1);
  Diagnostics diagnostics;
  diagnostics.open("fuzz.yaml", text);
  std::optional<Node> tree = parse(text, diagnostics);
  if (!tree) return 0;
  const std::vector<std::string> listeners{"public"};
  Checked checked = validate(*schema, *tree, "the file", {1, 1, 1}, {"dir/fuzz.yaml", &listeners}, diagnostics);
  if (checked.json.empty() || utf8_prefix(checked.json) != checked.json.size()) std::abort();
  std::string said = diagnostics.text();
  if (utf8_prefix(said) != said.size()) std::abort();
  return 0;
}
