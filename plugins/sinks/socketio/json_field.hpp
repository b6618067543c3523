// One member of a JSON object that must be a short string.  Pure; any thread.
#pragma once
#include <sbx/json_scan.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace socketio {

// Reads the value that comes next.  False, and `out` is left alone: it is no string, or one of more than `max` bytes.
inline bool read_string(sbx::json::Reader &reader, std::string &out, size_t max) {
  const bool text = reader.kind() == sbx::json::Kind::kString;
  const std::string_view raw = reader.skip();
  if (!text || raw.size() < 2) return false;
  std::string decoded;
  sbx::json::append_decoded(decoded, raw);
  if (decoded.size() > max) return false;
  out = std::move(decoded);
  return true;
}

}  // namespace socketio
