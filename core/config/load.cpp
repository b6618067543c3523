#include "core/config/load.hpp"

#include "core/config/codes.hpp"
#include "core/config/core_schema.hpp"
#include "core/config/draft.hpp"
#include "core/config/parse.hpp"
#include "core/config/validate.hpp"

namespace signalbox::config {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr Position kStart{1, 1, 1};

// Something must run: a file of which nothing does is a mistake of whoever starts it.
void check_root(const Node &root, Diagnostics &diagnostics) {
  if (root.kind == Node::Kind::null) {
    diagnostics.error(codes::kNotAMap, {}, "the file is empty; it wants \"sources\", \"sinks\" and \"pipelines\"");
  } else if (root.kind != Node::Kind::map) {
    diagnostics.error(codes::kNotAMap, root.at,
                      "the file must be a map: lines such as \"sources:\" with their parts below");
  } else if (!root.find("sources") && !root.find("sinks") && !diagnostics.failed()) {
    diagnostics.error(codes::kNotAMap, kStart,
                      "the file has neither \"sources\" nor \"sinks\", so there is nothing to run");
  }
}

}  // namespace

std::optional<Model> load(std::string_view file_name, std::string_view text, const Catalog &catalog,
                          const Environment &environment, Diagnostics &diagnostics) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  diagnostics.open(file_name, text);
  std::optional<Node> root = parse(text, diagnostics);
  if (!root) return std::nullopt;
  if (root->kind != Node::Kind::map) {
    check_root(*root, diagnostics);
    return std::nullopt;
  }
  interpolate(*root, file_name, environment, diagnostics);
  Checked checked = validate(core_schema(), *root, "the file", kStart, {file_name, nullptr}, diagnostics);
  check_root(*root, diagnostics);
  Draft draft{*root, catalog, diagnostics};
  draft.model.file = file_name;
  build_model(draft, checked.json);
  check_instances(draft);
  check_listeners(draft);
  check_wiring(draft);
  check_channels(draft);
  if (diagnostics.failed()) return std::nullopt;
  warn_of_unused(draft);
  return std::move(draft.model);
}

}  // namespace signalbox::config
