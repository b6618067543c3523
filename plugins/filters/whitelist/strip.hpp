// Leaves of JSON text only what a rule's pointers name.  What is kept is copied byte for byte, in its order: numbers,
// escapes and blanks inside of kept values come out as they came in.
//
//  - A pointer keeps the whole value it names.
//  - Objects on the way to a pointer stay, with the members that keep something; {} when none does.
//  - So do arrays, if a pointer goes into them by index or "*".  They keep their length, so that indices keep their
//    meaning: an element that keeps nothing is null.
//  - Everything else goes.  At the top nothing is left of a scalar but null, of an array but [].
//  - Of a key that comes twice every copy is treated alike.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "plugins/filters/whitelist/pointer_trie.hpp"

namespace sbx::inline v1::json {
class Reader;
}

namespace whitelist {

enum class Stripped { kUnchanged, kChanged, kNotJson, kTooDeep };

class Stripper {
 public:
  // kChanged: out is what is left.  kUnchanged: all of `data` may go (out is not worth reading).
  Stripped strip(std::string_view data, const PointerTrie &keep, std::string &out);

 private:
  using Node = PointerTrie::Node;
  // The pointers that are still possible where the reader stands: active_[from..].  Several can be, "/a/x" and "/*/y".
  struct Frame {
    size_t from, to;
  };

  bool value(sbx::json::Reader &r, Frame f, bool top, std::string &out);
  bool object(sbx::json::Reader &r, Frame f, std::string &out);
  bool array(sbx::json::Reader &r, Frame f, std::string &out);
  Frame follow(Frame f, std::string_view token);
  bool goes_into_arrays(Frame f) const;
  bool keeps(Frame f) const;

  std::vector<const Node *> active_;
  std::string key_;
  bool changed_ = false;
};

}  // namespace whitelist
