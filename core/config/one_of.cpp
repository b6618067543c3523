// oneOf: which of several shapes somebody meant.  The branch is chosen by type, then by a tag (a key that is constant
// in every branch), then by the keys that are there; only the problems of the chosen branch are told.
#include <algorithm>

#include "core/base/limits.hpp"
#include "core/config/codes.hpp"
#include "core/config/suggest.hpp"
#include "core/config/text.hpp"
#include "core/config/validator.hpp"
#include "core/config/wording.hpp"

namespace signalbox::config {
namespace {

// Of a choice of words no more than these are told.
constexpr size_t kChoiceMax = 20;

std::string unquoted(const std::string &json) { return json.starts_with('"') ? json.substr(1, json.size() - 2) : json; }

unsigned json_type(const std::string &json) {
  switch (json.empty() ? 'n' : json[0]) {
    case '"':
      return static_cast<unsigned>(Type::string);
    case '[':
      return static_cast<unsigned>(Type::array);
    case '{':
      return static_cast<unsigned>(Type::object);
    case 't':
    case 'f':
      return static_cast<unsigned>(Type::boolean);
    case 'n':
      return static_cast<unsigned>(Type::null);
    default:
      return static_cast<unsigned>(Type::integer) | static_cast<unsigned>(Type::number);
  }
}

bool could_be(const Schema &branch, const Node &node) {
  if (node.kind == Node::Kind::scalar && (branch.format == Format::duration || branch.format == Format::size))
    return true;
  unsigned types = branch.types;
  if (types == 0) {
    for (const std::string &a : branch.allowed) types |= json_type(a);
  }
  unsigned is = static_cast<unsigned>(type_of(node));
  if (node.sole) is |= static_cast<unsigned>(plain_type(node.text));
  return types == 0 || (types & is) != 0;
}

// The one value that `key` may have in this branch, as JSON text; empty when it is no tag.
std::string tag_value(const Schema &branch, const std::string &key) {
  const Schema *property = branch.property(key);
  return property && property->allowed.size() == 1 ? property->allowed[0] : std::string();
}

}  // namespace

// True = it was reported that the tag is missing or names no branch.
bool Validator::narrow_by_tag(std::vector<const Schema *> &branches, const Node &node, const Where &where) {
  for (const Property &p : branches[0]->properties) {
    bool tag =
        std::all_of(branches.begin(), branches.end(), [&](const Schema *b) { return !tag_value(*b, p.name).empty(); });
    if (!tag) continue;
    std::vector<std::string> values;
    values.reserve(branches.size());
    for (const Schema *b : branches) values.push_back(unquoted(tag_value(*b, p.name)));
    std::string choice = listed(values.data(), values.data() + values.size(), 20);
    const Node *given = node.find(p.name);
    if (given && given->broken) return true;
    if (!given) {
      problem(codes::kMissing, where.at, where.name + " needs \"" + p.name + "\", which is " + choice);
      return true;
    }
    std::string json = to_json(*given);
    auto chosen =
        std::find_if(branches.begin(), branches.end(), [&](const Schema *b) { return tag_value(*b, p.name) == json; });
    if (chosen == branches.end()) {
      problem(codes::kNotOneOf, given->at,
              '"' + p.name + "\" cannot be " + shown(*given, secret_) + "; it must be one of " + choice,
              given->interpolated || secret_ ? "" : nearest(given->text, values));
      return true;
    }
    branches = {*chosen};
    return false;
  }
  return false;
}

// False = it was reported that none of the keys that tell the branches apart is there.
bool Validator::names_a_branch(const std::vector<const Schema *> &branches, const Node &node, const Where &where) {
  std::vector<std::string> keys;
  for (const Schema *b : branches) {
    if (b->required.empty()) return true;
    for (const std::string &key : b->required) {
      if (node.find(key)) return true;
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
  }
  std::string suggestion;
  Position at = where.at;
  for (const Entry &entry : node.entries) {
    suggestion = nearest(entry.key, keys);
    if (suggestion.empty()) continue;
    at = entry.at;
    break;
  }
  problem(codes::kMissing, at,
          where.name + " needs one of the keys " + listed(keys.data(), keys.data() + keys.size(), 20), suggestion);
  return false;
}

void Validator::no_branch(const Schema &schema, const Node &node, const Where &where) {
  std::vector<std::string> wanted;
  std::vector<std::string> shapes;
  std::vector<std::string> words;
  const auto add = [](std::vector<std::string> &to, const std::string &word) {
    if (std::find(to.begin(), to.end(), word) == to.end()) to.push_back(word);
  };
  for (const Schema &b : schema.one_of) {
    for (const std::string &a : b.allowed) words.push_back(unquoted(a));
    for (const std::string &a : b.allowed) add(wanted, unquoted(a));
    if (b.allowed.empty()) add(shapes, wanted_words(b));
  }
  // A long choice of words is cut; what else would do must not be cut off with it.
  std::string choice;
  if (wanted.size() > kChoiceMax && !shapes.empty()) {
    choice = listed(shapes.data(), shapes.data() + shapes.size()) + ", or one of ";
  } else {
    wanted.insert(wanted.end(), shapes.begin(), shapes.end());
  }
  choice += listed(wanted.data(), wanted.data() + wanted.size(), kChoiceMax);
  bool scalar = node.kind == Node::Kind::scalar;
  std::string suggestion = scalar && !node.interpolated && !secret_ ? nearest(node.text, words) : "";
  std::string has = scalar ? "has " + shown(node, secret_) : "this is " + shown(node);
  problem(codes::kWrongType, scalar || where.at.line == 0 ? node.at : where.at,
          where.name + " wants " + choice + ", but " + has, suggestion);
}

std::string Validator::choose(const Schema &schema, const Node &node, const Where &where) {
  std::vector<const Schema *> branches;
  for (const Schema &b : schema.one_of) {
    if (could_be(b, node)) branches.push_back(&b);
  }
  if (branches.empty()) {
    no_branch(schema, node, where);
    return "null";
  }
  if (node.kind == Node::Kind::map && branches.size() > 1) {
    if (narrow_by_tag(branches, node, where)) return "null";
    if (branches.size() > 1 && !names_a_branch(branches, node, where)) return "null";
  }
  Findings before = std::move(findings_);
  Findings best;
  std::string best_json;
  const Schema *best_branch = nullptr;
  for (const Schema *b : branches) {
    findings_ = Findings();
    std::string json = check(*b, node, where);
    if (!best_branch || findings_.errors < best.errors) {
      best = std::move(findings_);
      best_json = std::move(json);
      best_branch = b;
    }
    if (best.errors == 0) break;
  }
  findings_ = std::move(before);
  bool vague = node.kind == Node::Kind::scalar && (branches.size() > 1 || !best_branch->allowed.empty());
  if (best.errors > 0 && vague) {
    no_branch(schema, node, where);
    return "null";
  }
  adopt(std::move(best));
  return best_json;
}

}  // namespace signalbox::config
