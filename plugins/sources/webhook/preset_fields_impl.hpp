// One JSON object of a preset, taken apart field by field: what nobody asked for is a problem in the end.  For the
// preset's reader only.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "plugins/sources/webhook/preset_reader.hpp"

namespace webhook {

class PresetFields {
 public:
  // REQUIRES: all outlive this
  PresetFields(const nlohmann::json &object, std::string where, const Complain &complain, bool &fine);

  const nlohmann::json *find(const char *name);  // nullptr = it is not there
  std::optional<std::string> text(const char *name);
  std::vector<std::string> texts(const char *name);  // one text is a list of one
  std::optional<bool> flag(const char *name);
  std::optional<int64_t> number(const char *name, int64_t min, int64_t max);
  std::optional<Source> source(const char *name);
  Source needed_source(const char *name);
  std::vector<Source> sources(const char *name);
  // One of several words.
  template <class T, size_t N>
  std::optional<T> word(const char *name, const std::pair<const char *, T> (&words)[N]) {
    const auto said = text(name);
    if (!said) return std::nullopt;
    std::string known;
    for (const auto &[word, value] : words) {
      if (*said == word) return value;
      known += known.empty() ? word : std::string(", ") + word;
    }
    problem(name, "\"" + *said + "\" is not known here; there are " + known);
    return std::nullopt;
  }
  // The object of this name, if it is there.
  std::optional<PresetFields> inner(const char *name);
  void problem(const std::string &field, const std::string &what);
  // Call it last: what was not asked for is not known.
  void finish();
  std::string at(const std::string &field) const;  // as a JSON pointer

 private:
  std::optional<Source> source_of(const nlohmann::json &value, const std::string &field);

  const nlohmann::json &object_;
  std::string where_;
  const Complain &complain_;
  bool &fine_;
  std::set<std::string> asked_;
};

// A preset that extends none (any more).
std::optional<Preset> parse_preset(const nlohmann::json &object, const std::string &where, const Complain &complain);

}  // namespace webhook
