// The YAML file as text, before and beside the YAML reader: is it text at all, how far does a scalar reach, what does a
// line look like.  Plain value over borrowed text.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/position.hpp"

namespace signalbox::config {

class SourceText {
 public:
  explicit SourceText(std::string_view text);

  std::string_view text() const { return text_; }
  size_t offset(Position at) const;
  std::string_view line(int number) const;

  // The first byte that is not UTF-8, or a control character: where, and what to say.
  struct Fault {
    Position at;
    std::string message;
  };
  std::optional<Fault> fault() const;

  // `[ { ,` in the whole text: the reader keeps flow collections in memory until they end.
  size_t flow_marks() const;

  // The scalar that begins at `at` (after its anchor and tag): how many bytes on its line.  Nothing = a quoted text
  // that never ends.
  std::optional<int> scalar_length(Position at, std::string_view value, bool quoted) const;

  // A tab in the indentation of this line: its column, or 0.
  int tab_in_indentation(int number) const;

  // What of this line looks like a secret, for a file that cannot be read as far as its schema.
  std::vector<Position> suspected_secrets(int number) const;

 private:
  std::string_view text_;
  std::vector<size_t> line_starts_;
};

}  // namespace signalbox::config
