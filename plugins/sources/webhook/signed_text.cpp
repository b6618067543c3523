#include "plugins/sources/webhook/signed_text.hpp"

#include <algorithm>
#include <utility>

namespace webhook {
namespace {

constexpr size_t kListedHeadersMax = 16;
// What is signed beside a body is about as long as this: a time, an id, a separator.
constexpr size_t kBesideBody = 64;
constexpr std::string_view kExclude = "-exclude=";

// Calls f with each part between separators; stops when it answers false.
template <class F>
bool each_part(std::string_view text, char separator, F &&f) {
  while (true) {
    const size_t end = std::min(text.find(separator), text.size());
    if (!f(text.substr(0, end))) return false;
    if (end == text.size()) return true;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

bool SignedText::read_pairs(std::string_view argument, Piece &piece) {
  const size_t exclude = argument.find(kExclude);
  const std::string_view of = argument.substr(0, exclude);
  if (of != "form" && of != "xml") return false;
  piece.of_xml = of == "xml";
  if (exclude == std::string_view::npos) return true;
  return each_part(argument.substr(exclude + kExclude.size()), ',', [&](std::string_view name) {
    piece.exclude.emplace_back(name);
    return !name.empty();
  });
}

std::optional<SignedText::Piece> SignedText::read_piece(std::string_view inside) {
  constexpr std::pair<std::string_view, Kind> kFunctions[] = {{"sorted:", Kind::kSorted},
                                                              {"sorted_all:", Kind::kSortedAll},
                                                              {"concat_sorted:", Kind::kConcatSorted},
                                                              {"sorted_join:", Kind::kSortedJoin},
                                                              {"values_of:", Kind::kValuesOf}};
  Piece piece;
  for (const auto &[name, kind] : kFunctions) {
    if (!inside.starts_with(name)) continue;
    piece.kind = kind;
    inside.remove_prefix(name.size());
    if (kind != Kind::kSortedJoin && kind != Kind::kValuesOf)
      return read_pairs(inside, piece) ? std::optional(piece) : std::nullopt;
    const bool good = each_part(inside, kind == Kind::kSortedJoin ? ',' : '\0', [&](std::string_view part) {
      const auto source = read_source(part);
      if (source) piece.sources.push_back(*source);
      return source.has_value();
    });
    return good ? std::optional(piece) : std::nullopt;
  }
  const auto source = read_source(inside);
  if (!source) return std::nullopt;
  piece.kind = Kind::kSource;
  piece.sources.push_back(*source);
  return piece;
}

std::optional<SignedText> SignedText::read(std::string_view text) {
  SignedText made;
  while (!text.empty()) {
    const size_t brace = std::min(text.find_first_of("{}"), text.size());
    if (brace > 0) {
      Piece literal;
      literal.literal = text.substr(0, brace);
      made.pieces_.push_back(std::move(literal));
      text.remove_prefix(brace);
      continue;
    }
    const size_t close = text.find('}');
    if (text.front() == '}' || close == std::string_view::npos) return std::nullopt;
    auto piece = read_piece(text.substr(1, close - 1));
    if (!piece) return std::nullopt;
    made.pieces_.push_back(*std::move(piece));
    text.remove_prefix(close + 1);
  }
  return made.pieces_.empty() ? std::nullopt : std::optional(std::move(made));
}

Value SignedText::pairs_of(const Piece &piece, Inputs &inputs) {
  const Fields *fields = piece.of_xml ? inputs.xml() : inputs.form();
  if (!fields) return Value::malformed();
  const bool concat = piece.kind == Kind::kConcatSorted;
  std::string text;
  for (const auto &[name, value] : fields->sorted()) {
    if (piece.kind == Kind::kSorted && value.empty()) continue;
    if (std::find(piece.exclude.begin(), piece.exclude.end(), name) != piece.exclude.end()) continue;
    if (!concat && !text.empty()) text += '&';
    text += name;
    if (!concat) text += '=';
    text += value;
  }
  return Value::of(std::move(text));
}

Value SignedText::joined(const Piece &piece, Inputs &inputs) {
  std::vector<std::string> values;
  for (const Source &source : piece.sources) {
    Value value = inputs.value(source);
    if (!value.there()) return value;
    if (value.text.empty()) return Value::missing();
    values.push_back(std::move(value.text));
  }
  std::sort(values.begin(), values.end());
  std::string text;
  for (const std::string &value : values) text += value;
  return Value::of(std::move(text));
}

Value SignedText::headers_of(const Piece &piece, Inputs &inputs) {
  Value names = inputs.value(piece.sources.front());
  if (!names.there()) return names;
  std::string text;
  size_t count = 0;
  Value fault = Value::malformed();
  const bool good = each_part(names.text, ' ', [&](std::string_view name) {
    const auto source = read_source("header:" + std::string(name));
    if (!source || ++count > kListedHeadersMax) return false;
    const Value value = inputs.value(*source);
    if (!value.there()) return fault = value, false;
    if (count > 1) text += '.';
    text += value.text;
    return true;
  });
  return good ? Value::of(std::move(text)) : fault;
}

Value SignedText::value_of(const Piece &piece, Inputs &inputs, const Rules &rules) {
  switch (piece.kind) {
    case Kind::kLiteral:
      return Value::of(piece.literal);
    case Kind::kSource:
      break;
    case Kind::kSortedJoin:
      return joined(piece, inputs);
    case Kind::kValuesOf:
      return headers_of(piece, inputs);
    default:
      return pairs_of(piece, inputs);
  }
  const Source &source = piece.sources.front();
  Value value = inputs.value(source);
  if (value.state == Value::State::kMissing && rules.missing_is_empty) return Value::of({});
  // A body may be empty; what is signed beside it may not.
  if (value.there() && value.text.empty() && source.from != Source::From::kBody && !rules.missing_is_empty)
    return Value::missing();
  if (value.there() && value.text.find_first_of(rules.part_excludes) != std::string::npos) return Value::malformed();
  return value;
}

bool SignedText::is_body(const Piece &piece) {
  return piece.kind == Kind::kSource && piece.sources.front().from == Source::From::kBody;
}

// What may be long, the body, is copied once and into a place that is large enough.
Value SignedText::made_of(Inputs &inputs, const Rules &rules) const {
  std::string text;
  if (std::any_of(pieces_.begin(), pieces_.end(), is_body)) text.reserve(inputs.body().size() + kBesideBody);
  for (const Piece &piece : pieces_) {
    if (is_body(piece) && rules.part_excludes.empty()) {
      text += inputs.body();
      continue;
    }
    Value value = value_of(piece, inputs, rules);
    if (!value.there()) return value;
    text += value.text;
  }
  return Value::of(std::move(text));
}

std::vector<Source> SignedText::sources() const {
  std::vector<Source> all;
  for (const Piece &piece : pieces_) all.insert(all.end(), piece.sources.begin(), piece.sources.end());
  return all;
}

}  // namespace webhook
