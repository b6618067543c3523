// Everything that is wrong with one configuration file, gathered in one run and told at once.  Owned by who loads the
// file; used by one thread.  Nothing that came from the environment or from a secret file is in a message; passwords
// that stand in the file itself are blotted out of the source lines that are shown.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/config/position.hpp"

namespace signalbox::config {

enum class Severity { error, warning };

struct Problem {
  Severity severity = Severity::error;
  std::string code;  // "SB1203", see codes.hpp
  std::string file;
  int line = 0;  // 0: the file as a whole
  int column = 0;
  int length = 1;
  std::string message;
  std::string suggestion;  // what was probably meant, or empty
};

class Diagnostics {
 public:
  // Begins a file: forgets what was there and keeps a copy of the text, to quote from.
  void open(std::string_view file, std::string_view text);

  void error(const char *code, Position at, std::string message, std::string suggestion = {});
  void warning(const char *code, Position at, std::string message, std::string suggestion = {});
  // What stands there is a secret: it is shown as ***.
  void hide(Position at) { hidden_.push_back(at); }

  bool failed() const { return errors_ > 0; }
  // So many problems that further ones are only counted.
  bool full() const;
  // By position; the same thing said twice of one place is there once.
  std::vector<Problem> problems() const;

  // For people: each problem as `file:line:col: what` with its source line and a caret, then how many there are.  Empty
  // when there is nothing to say.
  std::string text() const;
  // For programs: an array of objects with file, line, column, code, severity, message, suggestion.
  std::string json() const;

 private:
  void add(Severity, const char *code, Position at, std::string message, std::string suggestion);
  std::string_view line_text(int line) const;
  std::string quote(const Problem &) const;
  int column_in_characters(const Problem &) const;

  std::string file_;
  std::string text_;
  std::vector<size_t> line_starts_;
  std::vector<Problem> problems_;
  std::vector<Position> hidden_;
  size_t errors_ = 0;
  size_t untold_ = 0;
};

}  // namespace signalbox::config
