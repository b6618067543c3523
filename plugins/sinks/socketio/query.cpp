#include "plugins/sinks/socketio/query.hpp"

#include <sbx/web_text.hpp>
#include <set>

#include "plugins/sinks/socketio/text.hpp"

namespace socketio {
namespace {

// Fields of one query that are looked at: no client sends half as many.
constexpr size_t kFieldsMax = 64;

}  // namespace

std::optional<std::string> query_value(std::string_view query, std::string_view wanted) {
  for (size_t n = 0; n < kFieldsMax && !query.empty(); ++n) {
    const auto [name, value] = sbx::take_field(query);
    if (name == wanted) return sbx::decode_field(value);
  }
  return std::nullopt;
}

std::string query_object(std::string_view query) {
  std::string out = "{";
  std::set<std::string> seen;
  for (size_t n = 0; n < kFieldsMax && !query.empty(); ++n) {
    const sbx::Field field = sbx::take_field(query);
    const std::string name = sbx::decode_field(field.name), value = sbx::decode_field(field.value);
    if (!valid_utf8(name) || !valid_utf8(value) || !seen.insert(name).second) continue;
    if (out.size() > 1) out += ',';
    append_json_string(out, name);
    out += ':';
    append_json_string(out, value);
  }
  return out + "}";
}

}  // namespace socketio
