#include "plugins/sinks/socketio/jsonp.hpp"

#include "plugins/sinks/socketio/query.hpp"
#include "plugins/sinks/socketio/text.hpp"

namespace socketio {
namespace {

// Clients count their callbacks from 0; a longer index is not one.
constexpr size_t kIndexDigitsMax = 9;

}  // namespace

std::string jsonp_script(std::string_view index, std::string_view payload) {
  std::string out = "___eio[";
  size_t digits = 0;
  for (const char c : index)
    if (c >= '0' && c <= '9' && digits++ < kIndexDigitsMax) out += c;
  if (digits == 0) out += '0';
  out += "](";
  append_json_string(out, payload, true);
  return out + ");";
}

std::optional<std::string> jsonp_payload(std::string_view form) {
  const auto field = query_value(form, "d");
  if (!field || !valid_utf8(*field)) return std::nullopt;
  // Some browsers turn a newline in a form into CR LF, so clients send a newline as \n, and \n (two characters, as in
  // JSON) as \\n.
  const std::string &in = *field;
  std::string out;
  out.reserve(in.size());
  for (size_t i = 0; i < in.size(); ++i) {
    if (in.compare(i, 3, "\\\\n") == 0) {
      out += "\\n";
      i += 2;
    } else if (in.compare(i, 2, "\\n") == 0) {
      out += '\n';
      i += 1;
    } else {
      out += in[i];
    }
  }
  return out;
}

}  // namespace socketio
