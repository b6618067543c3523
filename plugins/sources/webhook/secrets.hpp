// What the user gave a preset to verify with: of each name a value or several (all are good, to change one without a
// pause), and keys that a request names by an id.  Immutable after start; any thread.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace webhook {

class Secrets {
 public:
  // REQUIRES: `value` is not empty
  void add(std::string_view name, std::string value) { values_[std::string(name)].push_back(std::move(value)); }
  // REQUIRES: `values` is not empty
  void replace(const std::string &name, std::vector<std::string> values) { values_[name] = std::move(values); }
  void add_key(std::string_view id, std::string pem) { keys_.emplace(id, std::move(pem)); }

  // A certificate by the URL that it stands for.
  void add_certificate(std::string_view url, std::string pem) { certificates_.emplace(url, std::move(pem)); }

  // nullptr = none of this name; else at least one value.
  const std::vector<std::string> *find(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? nullptr : &found->second;
  }
  const std::map<std::string, std::string, std::less<>> &keys() const { return keys_; }
  const std::map<std::string, std::string, std::less<>> &certificates() const { return certificates_; }
  const std::map<std::string, std::vector<std::string>, std::less<>> &values() const { return values_; }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
  std::map<std::string, std::string, std::less<>> keys_;          // by id
  std::map<std::string, std::string, std::less<>> certificates_;  // by URL
};

}  // namespace webhook
