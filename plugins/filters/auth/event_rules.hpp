// EventRules: which events may pass, by the facts that their source and the host have attached to them ("source",
// "verified", "principal").  The first rule whose channels match counts; where none does, the event passes.  Immutable.
#pragma once
#include <sbx/sbx.hpp>
#include <string>
#include <utility>
#include <vector>

namespace auth {

struct EventRule {
  std::vector<std::string> channels;
  // An attribute and the values of which it has to have one; all of them have to hold.
  std::vector<std::pair<std::string, std::vector<std::string>>> require;
};

class EventRules {
 public:
  EventRules() = default;
  explicit EventRules(std::vector<EventRule> rules) : rules_(std::move(rules)) {}
  bool pass(const sbx_event &event) const;

 private:
  std::vector<EventRule> rules_;
};

}  // namespace auth
