#include "core/config/tree_builder.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/config/codes.hpp"
#include "core/config/text.hpp"

namespace signalbox::config {
namespace {

constexpr const char *kTextTag = "tag:yaml.org,2002:str";
constexpr const char *kMapTag = "tag:yaml.org,2002:map";
constexpr const char *kListTag = "tag:yaml.org,2002:seq";

std::string quoted(std::string_view text) { return '"' + printable(text, limits::kConfigValueShownMax) + '"'; }

struct Extent {
  size_t count = 1;
  size_t height = 1;
};

// REQUIRES: the tree is no deeper than limits::kConfigDepthMax
Extent measure(const Node &node) {
  Extent total;
  auto add = [&](const Node &child) {
    Extent e = measure(child);
    total.count += e.count;
    total.height = std::max(total.height, e.height + 1);
  };
  for (const Node &item : node.items) add(item);
  for (const Entry &entry : node.entries) add(entry.value);
  return total;
}

}  // namespace

bool TreeBuilder::refuse(const char *code, Position at, std::string message) {
  diagnostics_.error(code, at, std::move(message));
  return false;
}

bool TreeBuilder::count(size_t nodes, size_t height, Position at) {
  nodes_ += nodes;
  if (frames_.size() + height > static_cast<size_t>(limits::kConfigDepthMax)) {
    return refuse(codes::kTooBig, at,
                  "this is nested more than " + std::to_string(limits::kConfigDepthMax) +
                      " levels deep; no configuration needs that");
  }
  if (nodes_ > limits::kConfigNodesMax) {
    return refuse(codes::kTooBig, at,
                  "the file has more than " + std::to_string(limits::kConfigNodesMax) +
                      " values (an alias counts as all that it stands for); make it smaller");
  }
  return true;
}

bool TreeBuilder::begin_document(Position at) {
  if (++documents_ == 1) return true;
  if (source_.line(at.line).starts_with("---")) {
    return refuse(codes::kDocuments, at,
                  "a second document begins here; put everything into one, or remove the \"---\"");
  }
  return refuse(codes::kDocuments, at, "this line does not belong to what is above it; check its indentation");
}

bool TreeBuilder::null(Position at, size_t anchor) {
  if (expects_key()) return refuse(codes::kKey, at, "a key is empty here; write a name before the \":\"");
  if (!count(1, 1, at)) return false;
  Node node;
  // For `key:` with nothing behind it the reader tells the place of what comes next.
  bool after_key = !frames_.empty() && frames_.back().has_key;
  node.at = after_key && frames_.back().entry.at.line != at.line ? frames_.back().entry.at : at;
  return place(std::move(node), anchor);
}

bool TreeBuilder::scalar(Position at, const std::string &tag, size_t anchor, const std::string &text) {
  if (tag != "?" && tag != "!" && tag != kTextTag) {
    return refuse(codes::kTag, at, "the tag " + quoted(tag) + " is not known here; write the value without it");
  }
  bool quoted_text = tag != "?";
  std::optional<int> length = source_.scalar_length(at, text, quoted_text);
  if (!length) return refuse(codes::kSyntax, at, "a quoted text begins here and never ends; add the closing quote");
  at.length = *length;
  if (expects_key()) return key(at, tag, text);
  if (!count(1, 1, at)) return false;
  Node node;
  node.kind = Node::Kind::scalar;
  node.quoted = quoted_text;
  node.text = text;
  node.at = at;
  return place(std::move(node), anchor);
}

bool TreeBuilder::key(Position at, const std::string &tag, const std::string &text) {
  Frame &frame = frames_.back();
  if (frame.keys.size() + frame.merged.size() >= limits::kConfigKeysMax) {
    return refuse(
        codes::kTooBig, at,
        "this map has more than " + std::to_string(limits::kConfigKeysMax) + " keys; no configuration needs that");
  }
  auto [known, fresh] = frame.keys.try_emplace(text, at);
  if (!fresh) {
    diagnostics_.error(codes::kDuplicateKey, at,
                       "the key " + quoted(text) + " is here twice, first in line " +
                           std::to_string(known->second.line) + "; keep one of them");
  }
  frame.discard = !fresh;
  // A quoted "<<" is a name like any other; an empty name never helps anybody.
  if (text.empty()) return refuse(codes::kKey, at, "a key is empty here; write a name before the \":\"");
  frame.entry = Entry{text, at, {}};
  frame.entry.value.quoted = tag != "?";
  frame.has_key = true;
  return true;
}

bool TreeBuilder::alias(Position at, size_t anchor) {
  if (expects_key()) return refuse(codes::kKey, at, "an alias cannot be a key; write the name itself");
  auto known = anchors_.find(anchor);
  if (known == anchors_.end()) {
    return refuse(codes::kAlias, at, "this alias stands inside the very thing that it names; that never ends");
  }
  if (!count(known->second.count, known->second.height, at)) return false;
  return place(known->second.node, 0);
}

bool TreeBuilder::begin(Node::Kind kind, Position at, const std::string &tag, size_t anchor) {
  if (expects_key())
    return refuse(codes::kKey, at,
                  "a key must be a plain text, not a list or a map; a value that begins with [ or { needs quotes");
  if (tag != "?" && tag != "!" && tag != (kind == Node::Kind::map ? kMapTag : kListTag)) {
    return refuse(codes::kTag, at, "the tag " + quoted(tag) + " is not known here; write the value without it");
  }
  if (!count(1, 1, at)) return false;
  Frame frame;
  frame.node.kind = kind;
  frame.node.at = at;
  frame.anchor = anchor;
  frames_.push_back(std::move(frame));
  return true;
}

bool TreeBuilder::end() {
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  for (Entry &entry : frame.merged) {
    if (frame.keys.try_emplace(entry.key, entry.at).second) frame.node.entries.push_back(std::move(entry));
  }
  return place(std::move(frame.node), frame.anchor);
}

bool TreeBuilder::place(Node node, size_t anchor) {
  if (anchor != 0) {
    // The copy that is kept for aliases is memory too.
    Extent extent = measure(node);
    if (!count(extent.count, extent.height, node.at)) return false;
    anchors_[anchor] = Anchored{node, extent.count, extent.height};
  }
  if (frames_.empty()) {
    root_ = std::move(node);
    return true;
  }
  Frame &frame = frames_.back();
  if (frame.node.kind == Node::Kind::sequence) {
    frame.node.items.push_back(std::move(node));
    return true;
  }
  frame.has_key = false;
  if (frame.discard) return true;
  if (frame.entry.key == "<<" && !frame.entry.value.quoted) return merge(frame, std::move(node), frame.entry.at);
  frame.entry.value = std::move(node);
  frame.node.entries.push_back(std::move(frame.entry));
  return true;
}

// Merged keys wait for the end of the map, because the map's own keys win wherever they stand.
bool TreeBuilder::merge(Frame &frame, Node from, Position at) {
  std::vector<Node> maps;
  if (from.kind == Node::Kind::sequence)
    maps = std::move(from.items);
  else
    maps.push_back(std::move(from));
  for (Node &map : maps) {
    if (map.kind != Node::Kind::map)
      return refuse(codes::kAlias, at, "\"<<\" wants a map, or a list of maps, to merge");
    for (Entry &entry : map.entries) frame.merged.push_back(std::move(entry));
    if (frame.merged.size() > limits::kConfigKeysMax) {
      return refuse(codes::kTooBig, at, "\"<<\" merges more than " + std::to_string(limits::kConfigKeysMax) + " keys");
    }
  }
  return true;
}

}  // namespace signalbox::config
