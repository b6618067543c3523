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

bool by_code(const Preset &preset) {
  switch (preset.scheme) {
    case Scheme::kPaypal:
    case Scheme::kPaypalIpn:
    case Scheme::kBraintree:
    case Scheme::kMollieClassic:
      return true;
    default:
      return false;
  }
}

bool asks_provider(const Preset &preset) { return by_code(preset) && preset.scheme != Scheme::kBraintree; }

std::string tried_secret(const Preset &preset) {
  if (preset.scheme == Scheme::kBasic || preset.scheme == Scheme::kNone || by_code(preset)) return {};
  if (preset.scheme != Scheme::kDigest) return "key";
  for (const Source &source : signed_sources(preset))
    if (source.from == Source::From::kSecret) return source.name;
  return {};
}

std::vector<std::string> needed_secrets(const Preset &preset) {
  std::set<std::string> names;
  if (preset.scheme == Scheme::kBasic) names = {"user", "pass"};
  if (preset.scheme == Scheme::kBraintree) names = {"public_key", "private_key"};
  if (preset.scheme == Scheme::kMollieClassic) names = {"api_key"};
  if (preset.scheme == Scheme::kPaypal) names = {"webhook_id"};
  if (preset.confirm) names.insert({"client_id", "client_secret"});
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

std::vector<std::string> optional_secrets(const Preset &preset) {
  if (preset.scheme == Scheme::kPaypal) return {"certificates", "root", "client_id", "client_secret"};
  if (preset.scheme == Scheme::kBraintree) return {"merchant_id"};
  if (!preset.also_token_secret.empty()) return {preset.also_token_secret};
  return {};
}

bool needs_url(const Preset &preset) {
  const auto sources = signed_sources(preset);
  return std::any_of(sources.begin(), sources.end(), [](const Source &s) { return s.from == Source::From::kUrl; });
}

}  // namespace webhook
