#include "core/config/interpolate.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/config/codes.hpp"
#include "core/config/path.hpp"
#include "core/config/text.hpp"

namespace signalbox::config {
namespace {

bool name_character(char c, bool first) {
  bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  return letter || (!first && c >= '0' && c <= '9');
}

bool variable_name(std::string_view name) {
  if (name.empty()) return false;
  for (size_t i = 0; i < name.size(); ++i) {
    if (!name_character(name[i], i == 0)) return false;
  }
  return true;
}

class Interpolator {
 public:
  Interpolator(std::string_view file_name, const Environment &environment, Diagnostics &diagnostics)
      : file_name_(file_name), environment_(environment), diagnostics_(diagnostics) {}

  void walk(Node &node) {
    if (node.kind == Node::Kind::scalar && node.text.find('$') != std::string::npos) replace(node);
    for (Node &item : node.items) walk(item);
    for (Entry &entry : node.entries) walk(entry.value);
  }

 private:
  void replace(Node &node);
  std::optional<std::string> value_of(std::string_view inside, Position at);
  std::optional<std::string> variable(std::string_view inside, Position at);
  std::optional<std::string> file(std::string_view path, Position at);
  std::optional<std::string> refuse(const char *code, Position at, std::string message) {
    diagnostics_.error(code, at, std::move(message));
    return std::nullopt;
  }

  std::string_view file_name_;
  const Environment &environment_;
  Diagnostics &diagnostics_;
  size_t expanded_bytes_ = 0;
};

// Where in the source a `${` of a scalar stands: exact when the scalar is written on one line without escapes.
Position inside(const Node &node, size_t offset, size_t length) {
  size_t quote = node.quoted ? 1 : 0;
  if (node.at.length != static_cast<int>(node.text.size() + 2 * quote)) return node.at;
  return {node.at.line, node.at.column + static_cast<int>(offset + quote), static_cast<int>(length)};
}

void Interpolator::replace(Node &node) {
  const std::string written = node.text;
  std::string out;
  size_t placeholders = 0;
  size_t end = 0;
  for (size_t i = written.find('$'); i != std::string::npos; i = written.find('$', end)) {
    out.append(written, end, i - end);
    char next = i + 1 < written.size() ? written[i + 1] : '\0';
    if (next != '{') {
      out += '$';
      end = i + (next == '$' ? 2 : 1);
      continue;
    }
    size_t close = written.find('}', i);
    std::optional<std::string> value;
    if (close == std::string::npos) {
      value = refuse(codes::kPlaceholder, inside(node, i, 2),
                     "a \"${\" has no \"}\"; close it, or write $${ for the text itself");
    } else {
      value = value_of(std::string_view(written).substr(i + 2, close - i - 2), inside(node, i, close - i + 1));
    }
    if (!value) {
      node.broken = true;
      return;
    }
    out += *value;
    ++placeholders;
    end = close + 1;
  }
  out.append(written, end);
  node.sole = placeholders == 1 && written.starts_with("${") && written.find('}') == written.size() - 1;
  node.interpolated = true;
  node.written = written;
  node.text = std::move(out);
}

std::optional<std::string> Interpolator::value_of(std::string_view inside, Position at) {
  auto value = inside.starts_with("file:") ? file(inside.substr(5), at) : variable(inside, at);
  if (!value) return value;
  std::string shown = "${" + printable(inside, limits::kConfigValueShownMax) + "}";
  if (utf8_prefix(*value) != value->size())
    return refuse(codes::kExpansion, at, "the value of " + shown + " is not UTF-8 text");
  expanded_bytes_ += value->size();
  if (expanded_bytes_ > limits::kConfigFileMax) {
    return refuse(codes::kExpansion, at,
                  "with " + shown + " the replaced values take more than " +
                      std::to_string(limits::kConfigFileMax >> 20) + " MiB; that is no configuration");
  }
  return value;
}

std::optional<std::string> Interpolator::variable(std::string_view inside, Position at) {
  size_t dash = inside.find(":-");
  std::string name(inside.substr(0, dash));
  if (!variable_name(name)) {
    return refuse(codes::kPlaceholder, at,
                  "\"${" + printable(inside, limits::kConfigValueShownMax) +
                      "}\" is none of ${NAME}, ${NAME:-default} and ${file:/path}; write $${ for the text itself");
  }
  std::optional<std::string> value = environment_.variable(name);
  if (dash != std::string_view::npos && (!value || value->empty())) return std::string(inside.substr(dash + 2));
  if (!value) {
    return refuse(codes::kVariable, at,
                  "the environment variable " + printable(name, limits::kConfigValueShownMax) +
                      " is not set; set it, or give a default: ${" + printable(name, limits::kConfigValueShownMax) +
                      ":-...}");
  }
  return value;
}

std::optional<std::string> Interpolator::file(std::string_view path, Position at) {
  if (path.empty()) return refuse(codes::kPlaceholder, at, "\"${file:}\" names no file; write ${file:/path}");
  std::string resolved = resolve_path(file_name_, path);
  std::string shown = printable(resolved, limits::kConfigLineShownMax);
  Result<std::string> content = environment_.file(resolved);
  if (!content.ok()) return refuse(codes::kSecretFile, at, "cannot read the file " + shown + ": " + content.message());
  if (content->size() > limits::kSecretFileMax) {
    return refuse(codes::kSecretFile, at,
                  "the file " + shown + " is larger than " + std::to_string(limits::kSecretFileMax >> 10) +
                      " KiB; that is no secret");
  }
  std::string text = content.take();
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

}  // namespace

void interpolate(Node &tree, std::string_view file_name, const Environment &environment, Diagnostics &diagnostics) {
  Interpolator(file_name, environment, diagnostics).walk(tree);
}

}  // namespace signalbox::config
