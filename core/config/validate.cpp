#include "core/config/validate.hpp"

#include <algorithm>
#include <cstdlib>

#include "core/base/limits.hpp"
#include "core/config/codes.hpp"
#include "core/config/format.hpp"
#include "core/config/path.hpp"
#include "core/config/suggest.hpp"
#include "core/config/text.hpp"
#include "core/config/validator.hpp"
#include "core/config/wording.hpp"

namespace signalbox::config {
namespace {

// Of a URL only the login in it is a secret.
bool holds_secret(const Schema &schema, const Node &node) {
  if (!schema.secret || schema.format != Format::url) return schema.secret;
  return (node.text + node.written).find('@') != std::string::npos;
}

// A plain `${PORT}` that became "8080" is a number where only a number will do.
Node retyped(const Schema &schema, const Node &node) {
  Node out = node;
  if (node.sole && !schema.allows(Type::string) && schema.format == Format::none) out.interpolated = out.quoted = false;
  return out;
}

size_t characters(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string number_words(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.15g", value);
  return text;
}

}  // namespace

void Validator::problem(const char *code, Position at, std::string message, std::string suggestion, Severity severity) {
  if (severity == Severity::error) ++findings_.errors;
  if (findings_.problems.size() > limits::kConfigProblemsMax) return;
  findings_.problems.push_back(
      {severity, code, {}, at.line, at.column, at.length, std::move(message), std::move(suggestion)});
}

void Validator::wrong_type(const Schema &schema, const Node &node, const Where &where) {
  std::string wanted = wanted_words(schema);
  if (node.kind == Node::Kind::null) {
    problem(codes::kWrongType, node.at.line ? node.at : where.at, where.name + " has no value; it wants " + wanted);
    return;
  }
  bool scalar = node.kind == Node::Kind::scalar;
  std::string type = kind_of_value(node);
  std::string is = scalar && !secret_ ? shown(node) + " is " + type : "this is " + type;
  problem(codes::kWrongType, scalar || where.at.line == 0 ? node.at : where.at,
          where.name + " wants " + wanted + ", but " + is + type_hint(schema, node, secret_));
}

void Validator::hide(const Node &node) {
  // A placeholder is no secret, and somebody may have to mend it.
  const std::string &written = node.interpolated ? node.written : node.text;
  bool placeholder = written.starts_with("${") && written.find('}') == written.size() - 1;
  bool literal = node.kind == Node::Kind::scalar && node.at.line > 0 && !placeholder;
  if (literal) findings_.secrets.push_back(node.at);
  for (const Node &item : node.items) hide(item);
  for (const Entry &entry : node.entries) hide(entry.value);
}

void Validator::secret(const Node &node, const Where &where) {
  if (!secret_ || node.kind != Node::Kind::scalar || node.at.line == 0) return;
  if (node.interpolated && node.written.find("${") != std::string::npos) return;
  problem(codes::kLiteralSecret, where.at,
          where.name +
              " is a secret that stands in the file; better take it from outside: \"${NAME}\" or "
              "\"${file:/run/secrets/name}\"",
          {}, Severity::warning);
}

// What is below a secret is one too.
std::string Validator::check(const Schema &schema, const Node &node, const Where &where) {
  bool outer = secret_;
  // The path of a file that a secret is read from is none itself.
  secret_ = (outer || holds_secret(schema, node)) && schema.format != Format::file;
  if (secret_ && !outer) hide(node);
  std::string json = check_open(schema, node, where);
  secret_ = outer;
  return json;
}

std::string Validator::check_open(const Schema &schema, const Node &node, const Where &where) {
  findings_.positions[where.pointer] = node.at.line ? node.at : where.at;
  if (node.broken) return "null";
  secret(node, where);
  if (!schema.one_of.empty()) return choose(schema, node, where);
  if (schema.format == Format::duration || schema.format == Format::size) return check_measure(schema, node, where);
  Node typed = node.kind == Node::Kind::scalar ? retyped(schema, node) : Node();
  const Node &value = node.kind == Node::Kind::scalar ? typed : node;
  Type type = type_of(value);
  // `sources:` with everything below commented out is a map without entries.
  if (type == Type::null && schema.types == static_cast<unsigned>(Type::object)) type = Type::object;
  bool number = type == Type::integer && schema.allows(Type::number);
  if (!schema.allows(type) && !number) {
    wrong_type(schema, node, where);
    return "null";
  }
  if (type == Type::object) return check_map(schema, node, where);
  if (type == Type::array) return check_list(schema, node, where);
  return check_scalar(schema, value, type, where);
}

std::string Validator::check_scalar(const Schema &schema, const Node &node, Type type, const Where &where) {
  if (type == Type::string) return check_text(schema, node, where);
  std::string json = to_json(node);
  if (type == Type::integer || type == Type::number)
    check_range(schema, std::strtod(json.c_str(), nullptr), node, where);
  return check_allowed(schema, node, std::move(json), where);
}

void Validator::check_range(const Schema &schema, double value, const Node &node, const Where &where) {
  std::string range;
  bool low = schema.minimum && value < *schema.minimum;
  bool high = schema.maximum && value > *schema.maximum;
  if (!low && !high) return;
  const char *unit = schema.format == Format::duration ? " ms" : schema.format == Format::size ? " bytes" : "";
  if (schema.minimum && schema.maximum)
    range = "from " + number_words(*schema.minimum) + " to " + number_words(*schema.maximum) + unit;
  else if (schema.minimum)
    range = "at least " + number_words(*schema.minimum) + unit;
  else
    range = "at most " + number_words(*schema.maximum) + unit;
  problem(codes::kRange, node.at, where.name + " is too " + (low ? "small" : "large") + ": it must be " + range);
}

// Durations and sizes are written as text with a unit, or as a bare number where that has a meaning.
std::string Validator::check_measure(const Schema &schema, const Node &node, const Where &where) {
  std::optional<int64_t> value;
  if (node.kind == Node::Kind::scalar) {
    std::string text = type_of(node) == Type::integer ? to_json(node) : node.text;
    value = schema.format == Format::duration ? duration_ms(text) : size_bytes(text);
  }
  if (!value) {
    if (node.kind != Node::Kind::scalar)
      wrong_type(schema, node, where);
    else
      problem(codes::kFormat, node.at,
              where.name + " wants " + format_words(schema.format) + ", but has " + shown(node, secret_));
    return "null";
  }
  check_range(schema, static_cast<double>(*value), node, where);
  return std::to_string(*value);
}

std::string Validator::check_text(const Schema &schema, const Node &node, const Where &where) {
  size_t length = characters(node.text);
  if (schema.min_length && length < *schema.min_length) {
    problem(codes::kLength, node.at,
            where.name + (node.text.empty() ? " is empty; it" : " is too short; it") + " needs at least " +
                counted(*schema.min_length, "character"));
  } else if (schema.max_length && length > *schema.max_length) {
    problem(codes::kLength, node.at,
            where.name + " is too long; it may have at most " + counted(*schema.max_length, "character"));
  } else if (schema.matcher && node.text.size() > limits::kConfigPatternTextMax) {
    problem(codes::kLength, node.at,
            where.name + " is too long; it may have at most " + counted(limits::kConfigPatternTextMax, "byte"));
  } else if (schema.matcher && !matches(schema, node.text)) {
    std::string wanted = schema.examples.empty()
                             ? "the pattern " + printable(schema.pattern, limits::kConfigLineShownMax)
                             : "something like " + schema.examples[0];
    problem(codes::kPattern, node.at, where.name + " wants " + wanted + ", but has " + shown(node, secret_));
  } else if (schema.format == Format::listener) {
    check_listener(node, where);
  } else if (!fits(schema.format, node.text)) {
    problem(codes::kFormat, node.at,
            where.name + " wants " + format_words(schema.format) + ", but has " + shown(node, secret_));
  }
  if (schema.format == Format::file) return json_quote(resolve_path(scope_.file, node.text));
  return check_allowed(schema, node, json_quote(node.text), where);
}

void Validator::check_listener(const Node &node, const Where &where) {
  findings_.listeners.insert(node.text);
  if (!scope_.listeners ||
      std::find(scope_.listeners->begin(), scope_.listeners->end(), node.text) != scope_.listeners->end())
    return;
  std::string known = scope_.listeners->empty() ? "; add one under \"listeners\"" : "";
  problem(codes::kUnknownListener, node.at,
          where.name + " names " + shown(node) + ", but there is no such listener" + known,
          nearest(node.text, *scope_.listeners));
}

std::string Validator::check_allowed(const Schema &schema, const Node &node, std::string json, const Where &where) {
  const std::vector<std::string> &allowed = schema.allowed;
  if (allowed.empty() || std::find(allowed.begin(), allowed.end(), json) != allowed.end()) return json;
  std::string choice = allowed.size() == 1 ? "must be " : "must be one of ";
  // The suggestion is for people: without the quotes of JSON.
  std::vector<std::string> texts;
  texts.reserve(allowed.size());
  for (const std::string &a : allowed) texts.push_back(a.starts_with('"') ? a.substr(1, a.size() - 2) : a);
  std::string suggestion = node.interpolated || secret_ ? "" : nearest(node.text, texts);
  problem(codes::kNotOneOf, node.at,
          where.name + " cannot be " + shown(node, secret_) + "; it " + choice +
              listed(texts.data(), texts.data() + texts.size(), 20),
          suggestion);
  return json;
}

void Validator::adopt(Findings &&other) {
  findings_.errors += other.errors;
  std::move(other.problems.begin(), other.problems.end(), std::back_inserter(findings_.problems));
  findings_.secrets.insert(findings_.secrets.end(), other.secrets.begin(), other.secrets.end());
  for (auto &[pointer, at] : other.positions) findings_.positions[pointer] = at;
  findings_.listeners.merge(other.listeners);
}

Checked validate(const Schema &schema, const Node &node, std::string_view subject, Position at, const Scope &scope,
                 Diagnostics &diagnostics) {
  Validator validator(scope);
  Checked checked;
  checked.json = validator.check(schema, node, {"", std::string(subject), at});
  Validator::Findings &found = validator.findings();
  for (const Position &p : found.secrets) diagnostics.hide(p);
  for (Problem &p : found.problems) {
    Position place{p.line, p.column, p.length};
    if (p.severity == Severity::error)
      diagnostics.error(p.code.c_str(), place, std::move(p.message), std::move(p.suggestion));
    else
      diagnostics.warning(p.code.c_str(), place, std::move(p.message), std::move(p.suggestion));
  }
  checked.positions = std::move(found.positions);
  checked.listeners = std::move(found.listeners);
  return checked;
}

}  // namespace signalbox::config
