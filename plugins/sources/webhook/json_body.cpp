#include "plugins/sources/webhook/json_body.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <sbx/json_scan.hpp>

namespace webhook {
namespace {

namespace json = sbx::json;

constexpr int kJsonDepthMax = 64;

// The keys of one object.  A few that are written plainly are compared as they stand; what an escape may hide in, and
// many, are read and sorted.
class Keys {
 public:
  void add(std::string_view raw) {
    if (!read_.empty() || count_ == plain_.size() || raw.find('\\') != std::string_view::npos) return add_read(raw);
    const auto end = plain_.begin() + static_cast<std::ptrdiff_t>(count_);
    twice_ = twice_ || std::find(plain_.begin(), end, raw) != end;
    plain_[count_++] = raw;
  }
  bool any_twice() {
    std::sort(read_.begin(), read_.end());
    return twice_ || std::adjacent_find(read_.begin(), read_.end()) != read_.end();
  }

 private:
  void add_read(std::string_view raw) {
    for (size_t i = 0; i < count_; ++i) json::append_decoded(read_.emplace_back(), plain_[i]);
    count_ = 0;
    json::append_decoded(read_.emplace_back(), raw);
  }

  std::array<std::string_view, 16> plain_;  // raw, without an escape
  size_t count_ = 0;
  bool twice_ = false;
  std::vector<std::string> read_;  // once there is one, all of them
};

// Passes over the value that comes next.  False: a key is there twice; a syntax error is left to the reader.
bool check_keys(json::Reader &reader) {
  const json::Kind kind = reader.kind();
  if (kind == json::Kind::kArray) {
    reader.enter();
    while (reader.element())
      if (!check_keys(reader)) return false;
    return true;
  }
  if (kind != json::Kind::kObject) {
    reader.skip();
    return true;
  }
  Keys keys;
  reader.enter();
  for (std::string_view key; reader.member(key);) {
    keys.add(key);
    if (!check_keys(reader)) return false;
    if (reader.fault() != json::Fault::kNone) return true;
  }
  return !keys.any_twice();
}

// The next step of a pointer, without its escapes, for which there is room in `made`; what is left stays in `pointer`.
std::string_view step(std::string_view &pointer, std::string &made) {
  pointer.remove_prefix(1);
  const std::string_view raw = pointer.substr(0, pointer.find('/'));
  pointer.remove_prefix(raw.size());
  if (raw.find('~') == std::string_view::npos) return raw;
  made.clear();
  for (size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '~' && i + 1 < raw.size()) {
      made += raw[++i] == '1' ? '/' : '~';
    } else {
      made += raw[i];
    }
  }
  return made;
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
  for (std::string made; !pointer.empty();) {
    const std::string_view wanted = step(pointer, made);
    const json::Kind kind = reader.kind();
    if (kind == json::Kind::kObject) {
      if (!enter_member(reader, wanted)) return std::nullopt;
    } else if (kind != json::Kind::kArray || !enter_element(reader, wanted)) {
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
