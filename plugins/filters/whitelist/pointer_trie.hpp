// The JSON pointers (RFC 6901) of one rule as a tree; the token "*" stands for every key and every index.  Built once,
// then read only.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace whitelist {

class PointerTrie {
 public:
  struct Node {
    bool keep = false;  // a pointer ends here: the value stays whole
    std::map<std::string, std::unique_ptr<Node>, std::less<>> named;
    std::unique_ptr<Node> any;
  };

  // Empty, or what is wrong with the pointer.  "" keeps everything, and so does "*" alone.
  std::string add(std::string_view pointer);
  const Node &root() const { return root_; }

 private:
  Node root_;
};

}  // namespace whitelist
