// The walk behind validate(): one object for one tree.  Internal to validate*.cpp.
#pragma once
#include <string>
#include <vector>

#include "core/config/validate.hpp"

namespace signalbox::config {

class Validator {
 public:
  explicit Validator(const Scope &scope) : scope_(scope) {}

  // Where a value is: as JSON pointer, as people call it, and where a message about what it lacks belongs.
  struct Where {
    std::string pointer;
    std::string name;
    Position at;
  };

  // What the walk found; a branch of oneOf that was only tried is thrown away as a whole.
  struct Findings {
    std::vector<Problem> problems;
    std::vector<Position> secrets;
    std::map<std::string, Position> positions;
    std::set<std::string> listeners;
    size_t errors = 0;
  };

  // The value as canonical JSON.
  std::string check(const Schema &schema, const Node &node, const Where &where);
  Findings &findings() { return findings_; }

 private:
  std::string check_open(const Schema &schema, const Node &node, const Where &where);
  std::string check_scalar(const Schema &schema, const Node &node, Type type, const Where &where);
  std::string check_text(const Schema &schema, const Node &node, const Where &where);
  std::string check_measure(const Schema &schema, const Node &node, const Where &where);
  std::string check_list(const Schema &schema, const Node &node, const Where &where);
  std::string check_map(const Schema &schema, const Node &node, const Where &where);
  std::string check_allowed(const Schema &schema, const Node &node, std::string json, const Where &where);
  std::string choose(const Schema &schema, const Node &node, const Where &where);
  bool narrow_by_tag(std::vector<const Schema *> &branches, const Node &node, const Where &where);
  bool names_a_branch(const std::vector<const Schema *> &branches, const Node &node, const Where &where);
  void no_branch(const Schema &schema, const Node &node, const Where &where);
  void check_range(const Schema &schema, double value, const Node &node, const Where &where);
  void check_listener(const Node &node, const Where &where);
  void unknown_key(const Schema &schema, const Entry &entry, const Where &where);
  std::string default_json(const Schema &schema, const std::string &name, const Where &where);
  // Nothing in this tree may be shown, whatever else is said of it.
  void hide(const Node &node);
  void secret(const Node &node, const Where &where);
  void wrong_type(const Schema &schema, const Node &node, const Where &where);
  void problem(const char *code, Position at, std::string message, std::string suggestion = {},
               Severity severity = Severity::error);
  void adopt(Findings &&other);

  const Scope &scope_;
  Findings findings_;
  bool secret_ = false;  // the value that is being checked is one
};

}  // namespace signalbox::config
