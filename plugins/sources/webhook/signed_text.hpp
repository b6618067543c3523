// The bytes that a provider signed, put together from a template: `{item:t}.{body}`.  Immutable; any thread.
//   {SOURCE}                                its value
//   {sorted:form-exclude=a,b}  {sorted:xml} name=value of all that are not empty, in bytewise order, joined by &
//   {sorted_all:…}                          the same with the empty ones
//   {concat_sorted:form}                    names and values, nothing between them
//   {sorted_join:SOURCE,SOURCE}             the values in bytewise order, nothing between them
//   {values_of:item:h}                      of the headers whose names this lists, joined by '.'
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sources/webhook/inputs.hpp"

namespace webhook {

class SignedText {
 public:
  struct Rules {
    bool missing_is_empty = false;
    std::string part_excludes;  // one of these characters in a source's value makes it malformed
  };
  // Nothing, when something in braces is no source and no function.
  static std::optional<SignedText> read(std::string_view text);

  Value made_of(Inputs &inputs, const Rules &rules) const;
  // Every source in it.
  std::vector<Source> sources() const;

 private:
  enum class Kind { kLiteral, kSource, kSorted, kSortedAll, kConcatSorted, kSortedJoin, kValuesOf };
  struct Piece {
    Kind kind = Kind::kLiteral;
    std::string literal;
    std::vector<Source> sources;
    bool of_xml = false;
    std::vector<std::string> exclude;
  };
  static std::optional<Piece> read_piece(std::string_view inside);
  static bool read_pairs(std::string_view argument, Piece &piece);
  static Value pairs_of(const Piece &piece, Inputs &inputs);
  static Value joined(const Piece &piece, Inputs &inputs);
  static Value headers_of(const Piece &piece, Inputs &inputs);
  static Value value_of(const Piece &piece, Inputs &inputs, const Rules &rules);
  static bool is_body(const Piece &piece);

  std::vector<Piece> pieces_;
};

}  // namespace webhook
