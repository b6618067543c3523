#include "plugins/sources/webhook/fields.hpp"

#include <algorithm>

#include "plugins/sources/webhook/encoding.hpp"

namespace webhook {
namespace {

std::optional<std::string> unescaped(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f) return std::nullopt;  // these come escaped
    if (c == '+') {
      plain += ' ';
    } else if (c != '%') {
      plain += c;
    } else {
      if (text.size() - i < 3 || decode(Encoding::kHex, text.substr(i + 1, 2), plain) != Decoded::kOk)
        return std::nullopt;
      if (plain.back() == '\0') return std::nullopt;
      i += 2;
    }
  }
  return plain;
}

}  // namespace

bool Fields::add(std::string name, std::string value) {
  const auto at = std::lower_bound(fields_.begin(), fields_.end(), name,
                                   [](const Field &f, const std::string &wanted) { return f.name < wanted; });
  if (fields_.size() == kFieldsMax || (at != fields_.end() && at->name == name)) return false;
  fields_.insert(at, {std::move(name), std::move(value)});
  return true;
}

const std::string *Fields::find(std::string_view name) const {
  const auto at = std::lower_bound(fields_.begin(), fields_.end(), name,
                                   [](const Field &f, std::string_view wanted) { return f.name < wanted; });
  return at != fields_.end() && at->name == name ? &at->value : nullptr;
}

std::optional<Fields> read_form(std::string_view text) {
  Fields fields;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    if (pair.empty()) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    auto name = unescaped(pair.substr(0, equals));
    auto value = unescaped(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value || name->empty() || !fields.add(*std::move(name), *std::move(value))) return std::nullopt;
  }
  return fields;
}

}  // namespace webhook
