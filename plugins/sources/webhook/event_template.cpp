#include "plugins/sources/webhook/event_template.hpp"

#include <algorithm>
#include <sbx/json_scan.hpp>
#include <utility>

namespace webhook {

namespace json = sbx::json;

std::optional<EventTemplate::Piece> EventTemplate::read_piece(std::string_view inside) {
  if (inside == "id") return Piece{Kind::kId, {}, {}};
  if (inside == "type") return Piece{Kind::kType, {}, {}};
  if (inside == "order") return Piece{Kind::kOrder, {}, {}};
  if (inside.starts_with('/')) return Piece{Kind::kPointer, std::string(inside), {}};
  const auto source = read_source(inside);
  if (!source || source->from == Source::From::kSecret || source->from == Source::From::kItem ||
      source->from == Source::From::kBody || source->from == Source::From::kUrl)
    return std::nullopt;
  return Piece{Kind::kSource, {}, *source};
}

std::optional<EventTemplate> EventTemplate::read(std::string_view text) {
  EventTemplate made;
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) made.pieces_.push_back({Kind::kLiteral, std::exchange(literal, {}), {}});
  };
  while (!text.empty()) {
    if (text.front() != '{' && text.front() != '}') {
      literal += text.front();
      text.remove_prefix(1);
    } else if (text.starts_with("{{") || text.starts_with("}}")) {
      literal += text.front();
      text.remove_prefix(2);
    } else {
      const size_t close = text.find('}');
      if (text.front() == '}' || close == std::string_view::npos) return std::nullopt;
      auto piece = read_piece(text.substr(1, close - 1));
      if (!piece) return std::nullopt;
      flush();
      made.pieces_.push_back(*std::move(piece));
      text.remove_prefix(close + 1);
    }
  }
  flush();
  return made;
}

bool EventTemplate::append(const Piece &piece, const EventValues &values, std::string &to) {
  const size_t before = to.size();
  switch (piece.kind) {
    case Kind::kId:
      to += values.id;
      break;
    case Kind::kType:
      to += values.type;
      break;
    case Kind::kOrder:
      to += values.order;
      break;
    case Kind::kPointer:
      to += values.text_at(piece.text);
      break;
    case Kind::kSource:
      to += values.text_of(piece.source);
      break;
    case Kind::kLiteral:
      to += piece.text;
      break;
  }
  return to.size() > before;
}

std::optional<std::string> EventTemplate::filled(const EventValues &values) const {
  std::string made;
  for (const Piece &piece : pieces_)
    if (!append(piece, values, made)) return std::nullopt;
  return made;
}

std::string EventTemplate::text(const EventValues &values) const {
  std::string made;
  for (const Piece &piece : pieces_) append(piece, values, made);
  return made;
}

std::string EventTemplate::json(const EventValues &values) const {
  if (pieces_.size() == 1 && pieces_[0].kind == Kind::kPointer) return values.json_at(pieces_[0].text);
  const std::string said = text(values);
  if (said.empty() && pieces_.size() == 1 && pieces_[0].kind != Kind::kLiteral) return "null";
  std::string made;
  json::append_quoted(made, said);
  return made;
}

bool EventTemplate::has_parts() const {
  return std::any_of(pieces_.begin(), pieces_.end(), [](const Piece &p) { return p.kind != Kind::kLiteral; });
}

// Cuts the JSON into what stays and the strings that are filled in.
class DataReader {
 public:
  DataReader(std::string_view text, DataTemplate &to, std::string &fault) : reader_(text), to_(to), fault_(fault) {}

  bool read() {
    const bool good = value({});
    to_.pieces_.push_back({std::move(kept_), std::nullopt});
    return good;
  }

 private:
  bool value(const std::string &where) {
    switch (reader_.kind()) {
      case json::Kind::kObject:
        return object(where);
      case json::Kind::kArray:
        return array(where);
      case json::Kind::kString:
        return string(where);
      default:
        kept_ += reader_.skip();
        return true;
    }
  }
  bool object(const std::string &where) {
    bool first = true;
    kept_ += '{';
    reader_.enter();
    for (std::string_view key; reader_.member(key);) {
      if (!std::exchange(first, false)) kept_ += ',';
      kept_.append(key) += ':';
      std::string name;
      json::append_decoded(name, key);
      if (!value(std::string(where).append("/").append(name))) return false;
    }
    kept_ += '}';
    return true;
  }
  bool array(const std::string &where) {
    size_t index = 0;
    kept_ += '[';
    reader_.enter();
    while (reader_.element()) {
      if (index > 0) kept_ += ',';
      if (!value(where + "/" + std::to_string(index++))) return false;
    }
    kept_ += ']';
    return true;
  }
  bool string(const std::string &where) {
    std::string said;
    json::append_decoded(said, reader_.skip());
    auto text = EventTemplate::read(said);
    if (!text) return fault_ = where, false;
    to_.pieces_.push_back({std::exchange(kept_, {}), std::move(text)});
    return true;
  }

  json::Reader reader_;
  DataTemplate &to_;
  std::string &fault_;
  std::string kept_;
};

std::optional<DataTemplate> DataTemplate::read(std::string_view text, std::string &fault) {
  DataTemplate made;
  if (!DataReader(text, made, fault).read()) return std::nullopt;
  return made;
}

std::string DataTemplate::filled(const EventValues &values) const {
  std::string made;
  for (const Piece &piece : pieces_) {
    made += piece.json;
    if (piece.text) made += piece.text->json(values);
  }
  return made;
}

}  // namespace webhook
