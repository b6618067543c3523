#include "core/config/parse.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>

#include "core/base/limits.hpp"
#include "core/config/codes.hpp"
#include "core/config/source_text.hpp"
#include "core/config/text.hpp"
#include "core/config/tree_builder.hpp"

namespace signalbox::config {
namespace {

Position position(const YAML::Mark &mark) {
  if (mark.is_null()) return {};
  return {mark.line + 1, mark.column + 1, 1};
}

// Unwinds the reader after the builder refused something.
struct Refused {};

class Events : public YAML::EventHandler {
 public:
  explicit Events(TreeBuilder &builder) : builder_(builder) {}
  void OnDocumentStart(const YAML::Mark &mark) override { go_on(builder_.begin_document(position(mark))); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) override { go_on(builder_.null(position(mark), anchor)); }
  void OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor) override {
    go_on(builder_.alias(position(mark), anchor));
  }
  void OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                const std::string &text) override {
    go_on(builder_.scalar(position(mark), tag, anchor, text));
  }
  void OnSequenceStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    go_on(builder_.begin(Node::Kind::sequence, position(mark), tag, anchor));
  }
  void OnMapStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    go_on(builder_.begin(Node::Kind::map, position(mark), tag, anchor));
  }
  void OnSequenceEnd() override { go_on(builder_.end()); }
  void OnMapEnd() override { go_on(builder_.end()); }

 private:
  static void go_on(bool yes) {
    if (!yes) throw Refused();
  }
  TreeBuilder &builder_;
};

// The reader's words are for people who know its grammar; these say what to do.
std::string plain_words(const std::string &message) {
  struct Words {
    const char *begin;
    const char *ours;
  };
  static const Words kWords[] = {
      {YAML::ErrorMsg::MAP_VALUE,
       "a \":\" does not fit here: the keys of one block begin in the same column, and a text with \": \" in it needs "
       "quotes"},
      {YAML::ErrorMsg::MAP_KEY, "a key does not fit here; check the indentation"},
      {YAML::ErrorMsg::END_OF_MAP, "this line does not line up with the keys above it; check its indentation"},
      {YAML::ErrorMsg::END_OF_SEQ, "this line does not line up with the list above it; check its indentation"},
      {YAML::ErrorMsg::BLOCK_ENTRY, "a \"- \" does not fit here; a list begins on a line of its own"},
      {YAML::ErrorMsg::FLOW_END, "a closing bracket has no opening one; remove it, or put the text into quotes"},
      {YAML::ErrorMsg::UNKNOWN_TOKEN, "a value cannot begin with this character; put it into quotes"},
      {YAML::ErrorMsg::UNKNOWN_ANCHOR,
       "this alias names an anchor that is not above it; write &name before the value that it stands for"},
      {YAML::ErrorMsg::TAB_IN_INDENTATION, "a tab is in the indentation; YAML wants spaces"},
      {YAML::ErrorMsg::EOF_IN_SCALAR, "a quoted text never ends; add the closing quote"},
      {YAML::ErrorMsg::DOC_IN_SCALAR, "a quoted text is not closed before this line; add the closing quote"},
      {YAML::ErrorMsg::CHAR_IN_BLOCK,
       "after | or > only an indentation number, + or - may stand; begin the text in the next line"},
      {YAML::ErrorMsg::ALIAS_CONTENT, "an alias stands alone; remove what is beside it"},
      {YAML::ErrorMsg::INVALID_ESCAPE,
       "this \\ escape is not known in double quotes; write \\\\ for a backslash, or use single quotes"},
  };
  for (const Words &w : kWords) {
    if (message.starts_with(w.begin)) return w.ours;
  }
  return "this is not YAML: " + printable(message, limits::kConfigLineShownMax);
}

void report(const YAML::Exception &e, const SourceText &source, const TreeBuilder &builder, Diagnostics &diagnostics) {
  Position at = position(e.mark);
  for (int line : {at.line - 1, at.line}) {
    for (const Position &secret : source.suspected_secrets(line)) diagnostics.hide(secret);
  }
  bool flow_end = e.msg == YAML::ErrorMsg::END_OF_MAP_FLOW || e.msg == YAML::ErrorMsg::END_OF_SEQ_FLOW;
  if (flow_end && source.offset(at) > 0 && source.text().substr(source.offset(at) - 1, 2) == "${") {
    diagnostics.error(codes::kSyntax, {at.line, at.column - 1, 2},
                      "inside { } and [ ] a ${NAME} needs quotes: \"${NAME}\"");
    return;
  }
  if (flow_end && builder.innermost()) {
    Position open = builder.innermost()->at;
    std::string bracket = e.msg == YAML::ErrorMsg::END_OF_MAP_FLOW ? "{" : "[";
    diagnostics.error(codes::kSyntax, at.line == open.line ? at : open,
                      "the \"" + bracket + "\" of line " + std::to_string(open.line) +
                          " is not closed, or a comma is missing before line " + std::to_string(at.line) + ", column " +
                          std::to_string(at.column));
    return;
  }
  if (std::string_view(e.what()).find(YAML::ErrorMsg::BAD_FILE) != std::string_view::npos) {
    // What the reader's own depth guard says; ours is lower, but a long line of brackets reaches the guard first.
    diagnostics.error(codes::kTooBig, at, "this is nested too deep; no configuration needs that");
    return;
  }
  if (int column = source.tab_in_indentation(at.line)) {
    diagnostics.error(codes::kTab, {at.line, column, 1}, "this line is indented with a tab; YAML wants spaces");
    return;
  }
  diagnostics.error(codes::kSyntax, at, plain_words(e.msg));
}

bool usable(const SourceText &source, Diagnostics &diagnostics) {
  if (source.text().size() > limits::kConfigFileMax) {
    diagnostics.error(
        codes::kTooBig, {},
        "the file is larger than " + std::to_string(limits::kConfigFileMax >> 20) + " MiB; that is no configuration");
    return false;
  }
  if (auto fault = source.fault()) {
    diagnostics.error(codes::kNotText, fault->at, fault->message);
    return false;
  }
  if (source.flow_marks() > limits::kConfigNodesMax) {
    diagnostics.error(
        codes::kTooBig, {},
        "the file has more than " + std::to_string(limits::kConfigNodesMax) + " brackets and commas; make it smaller");
    return false;
  }
  return true;
}

}  // namespace

std::optional<Node> parse(std::string_view text, Diagnostics &diagnostics) {
  SourceText source(text);
  if (!usable(source, diagnostics)) return std::nullopt;
  TreeBuilder builder(source, diagnostics);
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    Events events(builder);
    while (parser.HandleNextDocument(events)) {
    }
  } catch (const Refused &) {
    return std::nullopt;
  } catch (const YAML::Exception &e) {
    report(e, source, builder, diagnostics);
    return std::nullopt;
  } catch (const std::exception &e) {
    diagnostics.error(codes::kSyntax, {},
                      "the file cannot be read as YAML: " + printable(e.what(), limits::kConfigLineShownMax));
    return std::nullopt;
  }
  if (builder.documents() == 0) return Node();
  return builder.take();
}

}  // namespace signalbox::config
