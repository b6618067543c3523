#include "plugins/sources/webhook/signature.hpp"

#include <algorithm>
#include <utility>

namespace webhook {
namespace {

using State = Value::State;

// A provider offers two while it changes keys; each one more is a hash more for whoever wants to keep us busy.
constexpr size_t kSignaturesMax = 8;
constexpr size_t kItemsMax = 32;

// The values that are there, each of which may be a list.
State values_of(const SignatureSpec &spec, Inputs &inputs, std::vector<std::string> &to) {
  if (!spec.repeat) {
    Value value = inputs.value(spec.from);
    if (value.there()) to.push_back(std::move(value.text));
    return value.state;
  }
  for (const auto &[name, value] : inputs.request().headers)
    if (name == spec.from.name) to.push_back(value);
  return to.empty() ? State::kMissing : State::kThere;
}

State read_items(const SignatureSpec &spec, std::string_view text, Items &items) {
  while (true) {
    const size_t end = std::min(text.find(spec.split), text.size());
    const std::string_view item = text.substr(0, end);
    const size_t pair = item.find(spec.pair);
    if (pair == std::string_view::npos || pair == 0 || items.size() == kItemsMax) return State::kMalformed;
    items.emplace_back(item.substr(0, pair), item.substr(pair + 1));
    if (end == text.size()) return State::kThere;
    text.remove_prefix(end + 1);
  }
}

State decode_all(const SignatureSpec &spec, const std::vector<std::string> &texts, std::vector<std::string> &to) {
  if (texts.empty()) return State::kMissing;
  if (texts.size() > kSignaturesMax) return State::kMalformed;
  for (std::string_view text : texts) {
    if (text.starts_with(spec.prefix))
      text.remove_prefix(spec.prefix.size());
    else if (!spec.prefix_optional)
      continue;
    if (text.empty()) continue;
    std::string plain;
    if (decode(spec.encoding, text, plain) != Decoded::kCharacters) to.push_back(std::move(plain));
  }
  return to.empty() ? State::kMalformed : State::kThere;
}

}  // namespace

Signatures read_signatures(const SignatureSpec &spec, Inputs &inputs) {
  Signatures read;
  std::vector<std::string> texts;
  read.state = values_of(spec, inputs, texts);
  if (read.state != State::kThere) return read;
  if (spec.split) {
    Items items;
    for (const std::string &text : std::exchange(texts, {}))
      if (read_items(spec, text, items) != State::kThere) return {State::kMalformed, {}};
    for (const auto &[key, value] : items)
      if (key == spec.pick) texts.push_back(value);
    inputs.set_items(std::move(items));
  }
  read.state = decode_all(spec, texts, read.offered);
  return read;
}

}  // namespace webhook
