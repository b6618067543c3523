#include "plugins/sinks/socketio/query.hpp"

#include <set>

#include "plugins/sinks/socketio/text.hpp"

namespace socketio {
namespace {

// Fields of one query that are looked at: no client sends half as many.
constexpr size_t kFieldsMax = 64;

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

struct Field {
  std::string_view name, value;
};

// Takes the first field off the query.
Field take_field(std::string_view &query) {
  const std::string_view field = query.substr(0, query.find('&'));
  query.remove_prefix(std::min(field.size() + 1, query.size()));
  const size_t equals = field.find('=');
  if (equals == std::string_view::npos) return {field, {}};
  return {field.substr(0, equals), field.substr(equals + 1)};
}

}  // namespace

std::string percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  for (size_t n = 0; n < kFieldsMax && !query.empty(); ++n) {
    const Field field = take_field(query);
    if (field.name == name) return percent_decode(field.value);
  }
  return std::nullopt;
}

std::string query_object(std::string_view query) {
  std::string out = "{";
  std::set<std::string> seen;
  for (size_t n = 0; n < kFieldsMax && !query.empty(); ++n) {
    const Field field = take_field(query);
    const std::string name = percent_decode(field.name), value = percent_decode(field.value);
    if (!valid_utf8(name) || !valid_utf8(value) || !seen.insert(name).second) continue;
    if (out.size() > 1) out += ',';
    append_json_string(out, name);
    out += ':';
    append_json_string(out, value);
  }
  return out + "}";
}

}  // namespace socketio
