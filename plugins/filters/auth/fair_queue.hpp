// FairQueue: who waits, by whom it belongs to.  Owners take turns, each with its oldest, so that nobody who wants much
// at once holds the others up; and whoever waits gets his turn.  One to a rule; lane only.
#pragma once
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

namespace auth {

class FairQueue {
 public:
  // REQUIRES: `item` is larger than all that were added before
  void add(uint64_t item, const std::string &owner);
  std::optional<uint64_t> take();
  void remove(uint64_t item);  // if it waits
  // The one that has waited longest.
  std::optional<uint64_t> oldest() const;
  size_t size() const { return places_.size(); }

 private:
  struct Line {
    std::string owner;
    std::list<uint64_t> items;
  };
  using Lines = std::list<Line>;
  struct Place {
    Lines::iterator line;
    std::list<uint64_t>::iterator item;
  };
  void take_out(std::map<uint64_t, Place>::iterator place);

  Lines lines_;  // the first one's turn is next; none is empty
  std::unordered_map<std::string, Lines::iterator> line_of_;
  std::map<uint64_t, Place> places_;
};

}  // namespace auth
