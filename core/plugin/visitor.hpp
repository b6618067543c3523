// Who a connection is, as its sink introduced it (sbx.visitors/1): kept for gatekeepers, who live on other lanes.
// Immutable; any thread.  It holds credentials: nothing of it is ever logged.
#pragma once
#include <sbx/sbx.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox {

class Visitor;
using VisitorPtr = std::shared_ptr<const Visitor>;

class Visitor {
 public:
  // What is empty in `given` is as it was before (`former` may be nullptr).  `whole` becomes false when it was too big
  // and is kept without credentials.
  static VisitorPtr make(const sbx_visitor &given, const Visitor *former, bool &whole);

  const std::string &id() const { return id_; }
  const std::string &peer() const { return peer_; }
  const sbx_visitor &view() const { return view_; }

  Visitor(const Visitor &) = delete;
  Visitor &operator=(const Visitor &) = delete;

 private:
  Visitor() = default;
  size_t credentials() const;
  void make_view();

  std::string id_, peer_, auth_, token_;
  uint32_t flags_ = 0;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::vector<sbx_attr> attrs_;
  sbx_visitor view_{};
};

}  // namespace signalbox
