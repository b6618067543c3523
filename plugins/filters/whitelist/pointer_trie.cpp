#include "plugins/filters/whitelist/pointer_trie.hpp"

#include <optional>
#include <utility>

namespace whitelist {
namespace {

constexpr size_t kTokensMax = 64;  // deeper than any data that a browser is sent

// "~1" is '/', "~0" is '~'; a '~' before anything else is a mistake (RFC 6901 section 3).
std::optional<std::string> unescape(std::string_view token) {
  std::string out;
  for (size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      out += token[i];
      continue;
    }
    if (i + 1 == token.size() || (token[i + 1] != '0' && token[i + 1] != '1')) return std::nullopt;
    out += token[++i] == '0' ? '~' : '/';
  }
  return out;
}

}  // namespace

std::string PointerTrie::add(std::string_view pointer) {
  if (pointer.empty() || pointer == "*") {
    root_.keep = true;
    return {};
  }
  if (pointer[0] != '/') return "a JSON pointer begins with '/': write '/" + std::string(pointer) + "'";
  std::vector<std::string> tokens;
  while (!pointer.empty()) {
    if (tokens.size() == kTokensMax) return "a pointer of more than 64 parts";
    pointer.remove_prefix(1);
    std::string_view raw = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(raw.size());
    auto token = unescape(raw);
    if (!token) return "'~' is written '~0' in a JSON pointer ('~1' is '/')";
    tokens.push_back(*std::move(token));
  }
  // Only now: a pointer that is refused leaves no trace.
  Node *node = &root_;
  for (const auto &token : tokens) {
    auto &next = token == "*" ? node->any : node->named[token];
    if (!next) next = std::make_unique<Node>();
    node = next.get();
  }
  node->keep = true;
  return {};
}

}  // namespace whitelist
