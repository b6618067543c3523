#include "plugins/filters/whitelist/strip.hpp"

#include <algorithm>
#include <sbx/json_scan.hpp>

namespace whitelist {

using sbx::json::Fault;
using sbx::json::Kind;
using sbx::json::Reader;

namespace {

// An array index of RFC 6901: digits without leading zeros.
bool is_index(std::string_view token) {
  if (token.empty() || (token.size() > 1 && token[0] == '0')) return false;
  return token.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Stripped Stripper::strip(std::string_view data, const PointerTrie &keep, std::string &out) {
  Reader r(data);
  out.clear();
  changed_ = false;
  active_.assign(1, &keep.root());
  value(r, {0, 1}, true, out);
  if (!r.finish()) return r.fault() == Fault::kDepth ? Stripped::kTooDeep : Stripped::kNotJson;
  return changed_ ? Stripped::kChanged : Stripped::kUnchanged;
}

Stripper::Frame Stripper::follow(Frame f, std::string_view token) {
  Frame next{active_.size(), 0};
  for (size_t i = f.from; i < f.to; ++i) {
    const Node *node = active_[i];
    if (auto found = node->named.find(token); found != node->named.end()) active_.push_back(found->second.get());
    if (node->any) active_.push_back(node->any.get());
  }
  next.to = active_.size();
  return next;
}

bool Stripper::goes_into_arrays(Frame f) const {
  return std::any_of(active_.begin() + static_cast<std::ptrdiff_t>(f.from),
                     active_.begin() + static_cast<std::ptrdiff_t>(f.to), [](const Node *node) {
                       return node->any || std::any_of(node->named.begin(), node->named.end(),
                                                       [](const auto &child) { return is_index(child.first); });
                     });
}

bool Stripper::keeps(Frame f) const {
  return std::any_of(active_.begin() + static_cast<std::ptrdiff_t>(f.from),
                     active_.begin() + static_cast<std::ptrdiff_t>(f.to), [](const Node *node) { return node->keep; });
}

// Appends what stays of the value that comes next; false: nothing does (and nothing was appended).
bool Stripper::value(Reader &r, Frame f, bool top, std::string &out) {
  if (keeps(f)) {
    out += r.skip();
    return true;
  }
  Kind kind = r.kind();
  if (f.from != f.to && kind == Kind::kObject) return object(r, f, out);
  if (f.from != f.to && kind == Kind::kArray && goes_into_arrays(f)) return array(r, f, out);
  std::string_view gone = r.skip();
  if (!top) {
    changed_ = true;
    return false;
  }
  std::string_view left = kind == Kind::kArray ? "[]" : "null";
  changed_ |= gone != left;
  out += left;
  return true;
}

bool Stripper::object(Reader &r, Frame f, std::string &out) {
  out += '{';
  if (!r.enter()) return false;
  bool first = true;
  for (std::string_view key; r.member(key);) {
    key_.clear();
    sbx::json::append_decoded(key_, key);
    const Frame inner = follow(f, key_);
    const size_t before = out.size();
    if (!first) out += ',';
    out += key;
    out += ':';
    if (value(r, inner, false, out))
      first = false;
    else
      out.resize(before);
    active_.resize(inner.from);
    if (r.fault() != Fault::kNone) return false;
  }
  out += '}';
  return true;
}

bool Stripper::array(Reader &r, Frame f, std::string &out) {
  out += '[';
  if (!r.enter()) return false;
  for (size_t i = 0; r.element(); ++i) {
    if (i > 0) out += ',';
    const Frame inner = follow(f, std::to_string(i));
    if (!value(r, inner, false, out)) out += "null";
    active_.resize(inner.from);
    if (r.fault() != Fault::kNone) return false;
  }
  out += ']';
  return true;
}

}  // namespace whitelist
