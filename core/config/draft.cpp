#include "core/config/draft.hpp"

#include <algorithm>
#include <charconv>

#include "core/config/suggest.hpp"
#include "core/config/wording.hpp"

namespace signalbox::config {
namespace {

std::string unescaped(std::string_view step) {
  std::string out;
  for (size_t i = 0; i < step.size(); ++i) {
    bool escape = step[i] == '~' && i + 1 < step.size();
    out += !escape ? step[i] : step[++i] == '1' ? '/' : '~';
  }
  return out;
}

const Node *child(const Node &node, std::string_view step) {
  if (node.kind == Node::Kind::map) return node.find(unescaped(step));
  size_t index = 0;
  auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  bool number = error == std::errc() && end == step.data() + step.size();
  return number && index < node.items.size() ? &node.items[index] : nullptr;
}

}  // namespace

const Node &Draft::at(std::string_view json_pointer) const {
  static const Node kNowhere;
  const Node *node = &root;
  while (node && !json_pointer.empty()) {
    json_pointer.remove_prefix(1);
    size_t end = std::min(json_pointer.find('/'), json_pointer.size());
    node = child(*node, json_pointer.substr(0, end));
    json_pointer.remove_prefix(end);
  }
  return node ? *node : kNowhere;
}

void Draft::complain(const char *code, const std::string &json_pointer, const std::string &before,
                     const std::string &after, const std::vector<std::string> &candidates) {
  const Node &node = at(json_pointer);
  bool guess = !node.interpolated && !diagnostics.full();
  diagnostics.error(code, node.at, before + shown(node) + after,
                    guess ? nearest(node.text, candidates) : std::string());
}

std::vector<Instance> &Draft::instances(Kind kind) {
  return kind == Kind::source ? model.sources : kind == Kind::filter ? model.filters : model.sinks;
}

const char *section(Kind kind) { return kind == Kind::source ? "sources" : kind == Kind::filter ? "filters" : "sinks"; }

const char *kind_word(Kind kind) { return kind == Kind::source ? "source" : kind == Kind::filter ? "filter" : "sink"; }

}  // namespace signalbox::config
