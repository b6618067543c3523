// Settings: one JSON object of the configuration, read setting by setting with a complaint for what is of the wrong
// kind or is not known at all.  Lives for the time of one read.  Inside this folder only, because of nlohmann.
#pragma once
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sources/oauth/provider.hpp"

namespace oauth {

class Settings {
 public:
  // REQUIRES: both outlive this, and `object` is one
  Settings(const nlohmann::json &object, const Complain &complain) : object_(object), complain_(complain) {}

  // Each leaves `to` as it is when the setting is not there.
  void read(const char *name, std::string &to);
  void read(const char *name, bool &to);
  void read_seconds(const char *name, int64_t &to);  // from milliseconds
  void read(const char *name, std::vector<std::string> &to, bool one_is_enough = false);
  void read(const char *name, Params &to);
  // The place of the setting's value in `words`, or `otherwise`.
  size_t read_word(const char *name, const std::vector<std::string_view> &words, size_t otherwise);
  // A map of which each member is read by its own function.
  void read_names(const char *name, const std::vector<std::pair<const char *, std::string *>> &members);

  bool has(const char *name) const { return object_.contains(name); }
  void complain(std::string_view pointer, std::string_view text);
  // Complains about what nobody asked for.
  void finish();
  bool good() const { return good_; }

 private:
  const nlohmann::json *find(const char *name);
  const nlohmann::json &object_;
  const Complain &complain_;
  std::set<std::string> asked_;
  bool good_ = true;
};

}  // namespace oauth
