#include "plugins/sources/redis/laravel_codec.hpp"

#include <sbx/json_scan.hpp>

namespace redis {
namespace json = sbx::json;

namespace {

void decode_string(std::string_view raw, std::string &out) {
  out.clear();
  json::append_decoded(out, raw);
}

}  // namespace

bool remove_member(std::string_view object, std::string_view key, std::string &out) {
  // Most objects do not have it: then there is nothing to read again and to copy.  An escaped key may hide it.
  if (object.find(key) == object.npos && object.find('\\') == object.npos) return false;
  json::Reader r(object);
  if (r.kind() != json::Kind::kObject) return false;
  r.enter();
  out = "{";
  bool removed = false;
  for (std::string_view name; r.member(name);) {
    std::string_view value = r.skip();
    if (json::equals(name, key)) {
      removed = true;
      continue;
    }
    if (out.size() > 1) out += ',';
    out.append(name.data(), value.data() + value.size());  // with whatever stands around the colon
  }
  out += '}';
  return removed;
}

const char *decode_laravel(std::string_view payload, bool keep_socket, Envelope &out) {
  json::Reader r(payload);
  if (r.kind() != json::Kind::kObject) return json::valid(payload) ? "object" : "json";
  bool named = false;
  out.event.clear();
  out.except.clear();
  out.data = "null";
  r.enter();
  // Of members that come twice the last one counts, as in PHP and in browsers.
  for (std::string_view key; r.member(key);) {
    json::Kind kind = r.kind();
    std::string_view value = r.skip();
    if (r.fault() != json::Fault::kNone) break;
    if (json::equals(key, "event")) {
      named = kind == json::Kind::kString;
      if (named) decode_string(value, out.event);
    } else if (json::equals(key, "data")) {
      out.data = value;
    } else if (json::equals(key, "socket")) {
      out.except.clear();
      if (kind == json::Kind::kString) decode_string(value, out.except);
    }
  }
  if (!r.finish()) return "json";
  if (!named || out.event.empty()) return "event";
  if (!keep_socket && remove_member(out.data, "socket", out.owned)) out.data = out.owned;
  return nullptr;
}

RawPayload decode_raw(std::string_view payload, std::string &owned) {
  if (json::valid(payload)) return {payload};
  if (!json::valid_utf8(payload)) return {payload, true};
  owned.clear();
  json::append_quoted(owned, payload);
  return {owned};
}

}  // namespace redis
