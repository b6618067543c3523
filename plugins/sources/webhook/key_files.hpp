// The files that secrets are read from: `{ file: PATH }` below `secrets:` stands for what the file says.  Once watched,
// all of them are read again whenever one changes; what cannot be used leaves everything as it was, and the log says so
// once.  One to an instance; lane only.
#pragma once
#include <functional>
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sources/webhook/preset_reader.hpp"

namespace webhook {

class KeyFiles {
 public:
  // Takes the configuration as it now reads; false, after at least one complaint, leaves what is in use.
  using Renew = std::function<bool(const std::string &config_json, const Complain &complain)>;

  KeyFiles(sbx::Host host, std::string_view config_json) : host_(host), config_(config_json) {}

  // The configuration with what the files say in their places.  Nothing, after at least one complaint.
  std::optional<std::string> read(const Complain &complain);
  // In start(), after read().
  void watch(Renew renew);

 private:
  void on_change();

  sbx::Host host_;
  std::string config_;
  std::vector<std::string> paths_;
  std::string in_use_;  // digest of what was read and taken last
  std::string fault_;   // that was logged, as long as it lasts
  Renew renew_;
};

}  // namespace webhook
