#include "plugins/sources/webhook/preset.hpp"

#include <algorithm>
#include <set>

namespace webhook {
namespace {

std::vector<Source> signed_sources(const Preset &preset) {
  std::vector<Source> all;
  for (const SignedText &text : preset.signed_texts)
    for (const Source &source : text.sources()) all.push_back(source);
  return all;
}

}  // namespace

std::string tried_secret(const Preset &preset) {
  if (preset.scheme == Scheme::kBasic || preset.scheme == Scheme::kNone) return {};
  if (preset.scheme != Scheme::kDigest) return "key";
  for (const Source &source : signed_sources(preset))
    if (source.from == Source::From::kSecret) return source.name;
  return {};
}

std::vector<std::string> needed_secrets(const Preset &preset) {
  std::set<std::string> names;
  if (preset.scheme == Scheme::kBasic) names = {"user", "pass"};
  if (const std::string tried = tried_secret(preset); !tried.empty()) names.insert(tried);
  for (const Source &source : signed_sources(preset))
    if (source.from == Source::From::kSecret) names.insert(source.name);
  for (const auto *list : {&preset.require_before, &preset.require})
    for (const Equality &e : *list)
      if (!e.secret.empty()) names.insert(e.secret);
  if (preset.decrypt) {
    names.insert(preset.decrypt->secret);
    if (preset.decrypt->receiver) names.insert(preset.decrypt->receiver->name);
  }
  if (preset.challenge_preset)
    for (const std::string &name : needed_secrets(*preset.challenge_preset)) names.insert(name);
  return {names.begin(), names.end()};
}

bool needs_url(const Preset &preset) {
  const auto sources = signed_sources(preset);
  return std::any_of(sources.begin(), sources.end(), [](const Source &s) { return s.from == Source::From::kUrl; });
}

}  // namespace webhook
