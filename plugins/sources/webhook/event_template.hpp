// The user's templates: `pay.{order}`.  In braces {id}, {type}, {order}, {/json/pointer}, {form:NAME} or another source
// that is no secret; `{{` is a brace.  Immutable; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sources/webhook/event_values.hpp"

namespace webhook {

class EventTemplate {
 public:
  // Nothing, when something in braces is not known.
  static std::optional<EventTemplate> read(std::string_view text);

  // Nothing, when one of its parts is empty: an event must not end up on somebody else's channel.
  std::optional<std::string> filled(const EventValues &values) const;
  // Empty parts stay empty.
  std::string text(const EventValues &values) const;
  // As JSON: what a single {…} leads to as it is, anything else as a text.
  std::string json(const EventValues &values) const;
  bool has_parts() const;

 private:
  enum class Kind { kLiteral, kId, kType, kOrder, kPointer, kSource };
  struct Piece {
    Kind kind = Kind::kLiteral;
    std::string text;  // literal or pointer
    Source source;
  };
  static std::optional<Piece> read_piece(std::string_view inside);
  // False: it is empty.
  static bool append(const Piece &piece, const EventValues &values, std::string &to);

  std::vector<Piece> pieces_;
};

// `data:`: JSON in whose strings templates stand; keys are taken as they are.
class DataTemplate {
 public:
  // REQUIRES: `text` is JSON.  Nothing, when a template in it cannot be read: `fault` is its pointer then.
  static std::optional<DataTemplate> read(std::string_view text, std::string &fault);
  std::string filled(const EventValues &values) const;

 private:
  struct Piece {
    std::string json;  // as it is, before the template
    std::optional<EventTemplate> text;
  };
  std::vector<Piece> pieces_;
  friend class DataReader;
};

}  // namespace webhook
