// Any bytes: valid() says what nlohmann says.  The three places where they differ by intent are named below.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sbx/json_scan.hpp>

namespace {

// JSON to nlohmann, whatever a number's size: RFC 8259 sets no bound, nlohmann wants a finite double.
bool nlohmann_takes(std::string_view text) {
  try {
    auto tree = nlohmann::json::parse(text);
    return true;
  } catch (const nlohmann::json::out_of_range &) {
    return sbx::json::valid(text);
  } catch (const nlohmann::json::exception &) {
    return false;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  const auto fault = sbx::json::check(text);
  if (text.find('\0') != std::string_view::npos || text.starts_with("\xEF")) {
    // nlohmann stops at a zero byte and passes over a byte order mark; neither belongs to JSON text.
    if (fault == sbx::json::Fault::kNone) std::abort();
  } else if (fault != sbx::json::Fault::kDepth) {
    if ((fault == sbx::json::Fault::kNone) != nlohmann_takes(text)) std::abort();
  }

  if (!sbx::json::valid_utf8(text)) return 0;
  std::string quoted, back;
  sbx::json::append_quoted(quoted, text);
  sbx::json::append_decoded(back, quoted);
  if (back != text || !sbx::json::equals(quoted, text) || !sbx::json::valid(quoted)) std::abort();
  return 0;
}
