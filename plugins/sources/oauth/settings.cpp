#include <algorithm>
#include <limits>

#include "plugins/sources/oauth/settings_impl.hpp"

namespace oauth {
namespace {

using Json = nlohmann::json;

constexpr size_t kTextBytesMax = 8192;
constexpr size_t kListMax = 64;

bool is_good_text(const Json &value) {
  if (!value.is_string()) return false;
  const auto &text = value.get_ref<const std::string &>();
  return text.size() <= kTextBytesMax &&
         std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

constexpr std::string_view kText = "write text in one line here, at most 8192 bytes";

}  // namespace

const Json *Settings::find(const char *name) {
  asked_.insert(name);
  const auto found = object_.find(name);
  return found == object_.end() ? nullptr : &*found;
}

void Settings::complain(std::string_view pointer, std::string_view text) {
  good_ = false;
  complain_(pointer, text);
}

void Settings::read(const char *name, std::string &to) {
  const Json *value = find(name);
  if (!value) return;
  if (!is_good_text(*value)) return complain(std::string("/") + name, kText);
  to = value->get<std::string>();
}

void Settings::read(const char *name, bool &to) {
  const Json *value = find(name);
  if (!value) return;
  if (!value->is_boolean()) return complain(std::string("/") + name, "write true or false");
  to = value->get<bool>();
}

void Settings::read_seconds(const char *name, int64_t &to) {
  constexpr int64_t kMillisecondsMax = 3'600'000;
  const Json *value = find(name);
  if (!value) return;
  if (!value->is_number_integer() || *value < 0 || *value > kMillisecondsMax)
    return complain(std::string("/") + name, "write a time of at most an hour");
  to = value->get<int64_t>() / 1000;
}

void Settings::read(const char *name, std::vector<std::string> &to, bool one_is_enough) {
  const Json *value = find(name);
  if (!value) return;
  if (one_is_enough && is_good_text(*value)) {
    to = {value->get<std::string>()};
    return;
  }
  if (!value->is_array() || value->size() > kListMax)
    return complain(std::string("/") + name, "write a list of texts, at most 64 of them");
  std::vector<std::string> texts;
  for (size_t i = 0; i < value->size(); ++i) {
    if (!is_good_text((*value)[i])) return complain(std::string("/") + name + "/" + std::to_string(i), kText);
    texts.push_back((*value)[i].get<std::string>());
  }
  to = std::move(texts);
}

void Settings::read(const char *name, Params &to) {
  const Json *value = find(name);
  if (!value) return;
  if (!value->is_object() || value->size() > kListMax)
    return complain(std::string("/") + name, "write a map of names and texts, at most 64 of them");
  Params params;
  for (const auto &[key, text] : value->items()) {
    if (key.empty() || !is_good_text(text)) return complain(std::string("/") + name + "/" + key, kText);
    params.emplace_back(key, text.get<std::string>());
  }
  to = std::move(params);
}

size_t Settings::read_word(const char *name, const std::vector<std::string_view> &words, size_t otherwise) {
  const Json *value = find(name);
  if (!value) return otherwise;
  const auto found =
      value->is_string() ? std::find(words.begin(), words.end(), value->get<std::string>()) : words.end();
  if (found != words.end()) return static_cast<size_t>(found - words.begin());
  std::string text = "write one of ";
  for (const std::string_view word : words) text.append(word == words.front() ? "" : ", ").append(word);
  complain(std::string("/") + name, text);
  return otherwise;
}

void Settings::read_names(const char *name, const std::vector<std::pair<const char *, std::string *>> &members) {
  const Json *value = find(name);
  if (!value) return;
  if (!value->is_object()) return complain(std::string("/") + name, "write a map of our names and the provider's");
  for (const auto &[key, text] : value->items()) {
    const auto member =
        std::find_if(members.begin(), members.end(), [&k = key](const auto &m) { return k == m.first; });
    const std::string pointer = std::string("/") + name + "/" + key;
    if (member == members.end()) {
      complain(pointer, "there is no parameter of this name");
    } else if (!is_good_text(text) || text.get_ref<const std::string &>().empty()) {
      complain(pointer, kText);
    } else {
      *member->second = text.get<std::string>();
    }
  }
}

void Settings::finish() {
  for (const auto &[key, value] : object_.items())
    if (!asked_.count(key)) complain("/" + key, "a provider has no such setting");
}

}  // namespace oauth
