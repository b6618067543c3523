// Builds the tree from the reader's events: one frame for each collection that is open.  Knows nothing of YAML's text
// form. An event that cannot be used is reported and answered with false; nothing may follow it.
#pragma once
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/config/diagnose.hpp"
#include "core/config/node.hpp"
#include "core/config/source_text.hpp"

namespace signalbox::config {

class TreeBuilder {
 public:
  TreeBuilder(const SourceText &source, Diagnostics &diagnostics) : source_(source), diagnostics_(diagnostics) {}

  // `anchor` is 0 for none; the tag is the reader's: "?" plain, "!" quoted, or a full one.
  bool begin_document(Position at);
  bool null(Position at, size_t anchor);
  bool scalar(Position at, const std::string &tag, size_t anchor, const std::string &text);
  bool alias(Position at, size_t anchor);
  bool begin(Node::Kind kind, Position at, const std::string &tag, size_t anchor);
  bool end();

  // The innermost collection that is open, or null: for the message about one that never ends.
  const Node *innermost() const { return frames_.empty() ? nullptr : &frames_.back().node; }
  size_t documents() const { return documents_; }
  // REQUIRES: every call was answered with true, the document is complete
  Node take() { return std::move(root_); }

 private:
  struct Frame {
    Node node;
    size_t anchor = 0;
    bool has_key = false;
    bool discard = false;  // the value of a key that was there already
    Entry entry;
    std::unordered_map<std::string, Position> keys;
    std::vector<Entry> merged;  // by `<<`
  };
  struct Anchored {
    Node node;
    size_t count = 0;
    size_t height = 0;
  };

  bool refuse(const char *code, Position at, std::string message);
  bool count(size_t nodes, size_t height, Position at);
  bool expects_key() const {
    return !frames_.empty() && frames_.back().node.kind == Node::Kind::map && !frames_.back().has_key;
  }
  bool key(Position at, const std::string &tag, const std::string &text);
  bool place(Node node, size_t anchor);
  bool merge(Frame &frame, Node from, Position at);

  const SourceText &source_;
  Diagnostics &diagnostics_;
  std::vector<Frame> frames_;
  std::map<size_t, Anchored> anchors_;
  size_t documents_ = 0;
  size_t nodes_ = 0;
  Node root_;
};

}  // namespace signalbox::config
