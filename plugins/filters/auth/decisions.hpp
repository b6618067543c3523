// Decisions: what became of those who asked to listen, told to the operator: a counter for each kind of rule that
// admitted, one for each reason of a refusal, and a log line for every refusal that holds nothing a client offered.
// Lane only.
#pragma once
#include <map>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

#include "plugins/filters/auth/token_rule.hpp"

namespace auth {

class Decisions {
 public:
  explicit Decisions(sbx::Host host) : host_(host) {}

  void admitted(std::string_view kind);
  // `rule`: "/rules/2 (laravel)", or empty: none was for this channel.
  void refused(std::string_view rule, std::string_view channel, const Judgement &why);

 private:
  sbx::Host host_;
  std::map<std::string, sbx::Metric, std::less<>> admitted_, refused_;
};

}  // namespace auth
