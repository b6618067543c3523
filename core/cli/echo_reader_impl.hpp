// EchoReader: values of a laravel-echo-server.json by key, in the spellings that hand-written files have.  Private to
// echo_settings.cpp; lives as long as one reading.
#pragma once
#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/status.hpp"
#include "core/cli/echo_settings.hpp"
#include "core/cli/yaml_text.hpp"

namespace signalbox {

// Reads values and remembers the first that is of the wrong kind; and which keys were asked for.
class EchoReader {
 public:
  using Json = nlohmann::json;
  static constexpr size_t kListMax = 64;  // clients, auth hosts, origins, sentinels

  explicit EchoReader(EchoSettings &settings) : settings_(settings) {}

  const Status &status() const { return status_; }

  void fail(const std::string &key, const std::string &what) {
    if (status_.ok()) status_ = Status::error('"' + yaml_comment(key) + "\" " + what);
  }

  // A JSON null is as good as nothing, as it is for the original.
  static const Json &at(const Json &from, const char *key) {
    static const Json kNothing;
    if (!from.is_object()) return kNothing;
    const auto found = from.find(key);
    return found == from.end() ? kNothing : *found;
  }
  const Json &object(const Json &from, const char *key) {
    const Json &value = at(from, key);
    if (!value.is_null() && !value.is_object()) fail(key, "must be an object");
    return value;
  }
  void text(const Json &from, const char *key, std::string &into) {
    const Json &value = at(from, key);
    if (value.is_string())
      into = value.get<std::string>();
    else if (!value.is_null())
      fail(key, "must be a text");
  }
  // Also "true" and "false" in quotes, as hand-written files have them.
  void flag(const Json &from, const char *key, bool &into) {
    const Json &value = at(from, key);
    if (value.is_boolean())
      into = value.get<bool>();
    else if (value == "true" || value == "false")
      into = value == "true";
    else if (!value.is_null())
      fail(key, "must be true or false");
  }
  // Also digits in quotes.
  std::optional<uint64_t> number(const Json &from, const char *key, uint64_t most) {
    const Json &value = at(from, key);
    std::optional<uint64_t> read;
    if (value.is_null()) return read;
    if (value.is_number_unsigned()) read = value.get<uint64_t>();
    if (value.is_string()) {
      const std::string &digits = value.get_ref<const std::string &>();
      if (digits.empty()) return read;
      uint64_t out = 0;
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
      if (error == std::errc() && end == digits.data() + digits.size()) read = out;
    }
    if (!read || *read > most) fail(key, "must be a whole number from 0 to " + std::to_string(most));
    return read;
  }
  void port(const Json &from, const char *key, uint16_t &into) {
    if (const auto read = number(from, key, UINT16_MAX)) into = static_cast<uint16_t>(*read);
  }
  // One text, or a list of them.
  void texts(const Json &from, const char *key, std::vector<std::string> &into) {
    const Json &value = at(from, key);
    if (value.is_null()) return;
    for (const Json &one : value.is_array() ? value : Json::array({value})) {
      if (!one.is_string()) return fail(key, "must be a text, or a list of texts");
      if (into.size() >= kListMax) return fail(key, "has more than " + std::to_string(kListMax) + " entries");
      into.push_back(one.get<std::string>());
    }
  }
  // What of `from` is none of `known`.
  void others(const Json &from, const std::string &inside, std::initializer_list<const char *> known) {
    if (!from.is_object()) return;
    for (const auto &[key, value] : from.items()) {
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      if (settings_.unknown.size() < kUnknownShownMax)
        settings_.unknown.push_back(inside + key);
      else
        ++settings_.unknown_left_out;
    }
  }

 private:
  static constexpr size_t kUnknownShownMax = 40;

  EchoSettings &settings_;
  Status status_;
};

}  // namespace signalbox
