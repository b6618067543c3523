// What stripping means, said a second time over a tree: slow, obvious, and sharing no code with the plugin.
#pragma once
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace reference {

using Json = nlohmann::ordered_json;
using Pointer = std::vector<std::string>;  // its tokens, decoded

inline bool is_index(const std::string &t) {
  return !t.empty() && t.find_first_not_of("0123456789") == t.npos && (t.size() == 1 || t[0] != '0');
}

// The pointers that go on behind one key or index.
inline std::vector<Pointer> behind(const std::vector<Pointer> &pointers, const std::string &token) {
  std::vector<Pointer> out;
  for (const auto &p : pointers)
    if (p[0] == "*" || p[0] == token) out.emplace_back(p.begin() + 1, p.end());
  return out;
}

inline std::optional<Json> strip(const Json &v, const std::vector<Pointer> &pointers) {
  if (std::any_of(pointers.begin(), pointers.end(), [](const auto &p) { return p.empty(); })) return v;
  if (pointers.empty()) return std::nullopt;
  if (v.is_object()) {
    Json out = Json::object();
    for (const auto &[key, value] : v.items())
      if (auto left = strip(value, behind(pointers, key))) out[key] = *left;
    return out;
  }
  bool goes_in =
      std::any_of(pointers.begin(), pointers.end(), [](const auto &p) { return p[0] == "*" || is_index(p[0]); });
  if (!v.is_array() || !goes_in) return std::nullopt;
  Json out = Json::array();
  for (size_t i = 0; i < v.size(); ++i) {
    auto left = strip(v[i], behind(pointers, std::to_string(i)));
    out.push_back(left ? *left : Json());
  }
  return out;
}

inline Json strip_top(const Json &v, const std::vector<Pointer> &pointers) {
  if (auto left = strip(v, pointers)) return *left;
  return v.is_object() ? Json::object() : v.is_array() ? Json::array() : Json();
}

// Is every value in `part` also in `whole`, at the same place (or null, in an array)?
inline bool within(const Json &part, const Json &whole) {
  if (part.is_object()) {
    if (!whole.is_object()) return false;
    for (const auto &[key, value] : part.items())
      if (!whole.contains(key) || !within(value, whole[key])) return false;
    return true;
  }
  if (part.is_array()) {
    if (!whole.is_array() || (part.size() != whole.size() && !part.empty())) return false;
    for (size_t i = 0; i < part.size(); ++i)
      if (!part[i].is_null() && !within(part[i], whole[i])) return false;
    return true;
  }
  return part == whole;
}

inline std::string pointer_text(const Pointer &p) {
  std::string out;
  for (const auto &token : p) {
    out += '/';
    for (char c : token) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  }
  return out;
}

// Whether some object in the text has a key twice: trees keep only one of them.
class DuplicateFinder : public nlohmann::json_sax<Json> {
 public:
  bool found = false;
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t &) override { return true; }
  bool string(string_t &) override { return true; }
  bool binary(binary_t &) override { return true; }
  bool start_object(std::size_t) override { return keys_.emplace_back(), true; }
  bool key(string_t &k) override { return found |= !keys_.back().insert(k).second, true; }
  bool end_object() override { return keys_.pop_back(), true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string &, const nlohmann::json::exception &) override { return false; }

 private:
  std::vector<std::set<std::string>> keys_;
};

}  // namespace reference
