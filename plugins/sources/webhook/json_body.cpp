#include "plugins/sources/webhook/json_body.hpp"

#include <algorithm>
#include <charconv>
#include <sbx/json_scan.hpp>

namespace webhook {
namespace {

namespace json = sbx::json;

constexpr int kJsonDepthMax = 64;

// Passes over the value that comes next.  False: a key is there twice; a syntax error is left to the reader.
bool check_keys(json::Reader &reader) {
  if (reader.kind() == json::Kind::kArray) {
    reader.enter();
    while (reader.element())
      if (!check_keys(reader)) return false;
    return true;
  }
  if (reader.kind() != json::Kind::kObject) {
    reader.skip();
    return true;
  }
  std::vector<std::string> keys;
  reader.enter();
  for (std::string_view key; reader.member(key);) {
    json::append_decoded(keys.emplace_back(), key);
    if (!check_keys(reader)) return false;
    if (reader.fault() != json::Fault::kNone) return true;
  }
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) == keys.end();
}

// The next step of a pointer, unescaped; what is left stays in `pointer`.
std::string step(std::string_view &pointer) {
  pointer.remove_prefix(1);
  const std::string_view raw = pointer.substr(0, pointer.find('/'));
  pointer.remove_prefix(raw.size());
  std::string plain;
  for (size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '~' && i + 1 < raw.size()) {
      plain += raw[++i] == '1' ? '/' : '~';
    } else {
      plain += raw[i];
    }
  }
  return plain;
}

bool enter_member(json::Reader &reader, std::string_view wanted) {
  reader.enter();
  for (std::string_view key; reader.member(key); reader.skip())
    if (json::equals(key, wanted)) return true;
  return false;
}

bool enter_element(json::Reader &reader, std::string_view wanted) {
  size_t index = 0;
  const auto [end, fault] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), index);
  if (fault != std::errc() || end != wanted.data() + wanted.size()) return false;
  reader.enter();
  for (; reader.element(); reader.skip())
    if (index-- == 0) return true;
  return false;
}

}  // namespace

std::optional<JsonBody> JsonBody::read(std::string_view text) {
  json::Reader reader(text, kJsonDepthMax);
  if (!check_keys(reader) || !reader.finish()) return std::nullopt;
  return JsonBody(text);
}

std::optional<std::string_view> JsonBody::find(std::string_view pointer) const {
  json::Reader reader(text_, kJsonDepthMax);
  while (!pointer.empty()) {
    const std::string wanted = step(pointer);
    if (reader.kind() == json::Kind::kObject) {
      if (!enter_member(reader, wanted)) return std::nullopt;
    } else if (reader.kind() != json::Kind::kArray || !enter_element(reader, wanted)) {
      return std::nullopt;
    }
  }
  return reader.skip();
}

std::optional<std::string> JsonBody::text_at(std::string_view pointer) const {
  const auto raw = find(pointer);
  if (!raw || raw->empty() || *raw == "null" || raw->front() == '{' || raw->front() == '[') return std::nullopt;
  if (raw->front() != '"') return std::string(*raw);
  std::string plain;
  json::append_decoded(plain, *raw);
  return plain;
}

std::optional<std::vector<std::string_view>> JsonBody::elements(std::string_view pointer, size_t max) const {
  const auto raw = find(pointer);
  if (!raw || !raw->starts_with('[')) return std::nullopt;
  std::vector<std::string_view> found;
  json::Reader reader(*raw, kJsonDepthMax);
  reader.enter();
  while (reader.element()) {
    if (found.size() == max) return std::nullopt;
    found.push_back(reader.skip());
  }
  return found;
}

}  // namespace webhook
