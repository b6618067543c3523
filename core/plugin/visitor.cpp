#include "core/plugin/visitor.hpp"

#include <algorithm>
#include <array>

#include "core/event/event.hpp"

namespace signalbox {
namespace {

// What somebody may be judged by.  Everything else is left behind: it is kept for every connection.
constexpr std::array<std::string_view, 6> kKeptHeaders = {"cookie", "authorization", "referer",
                                                          "origin", "user-agent",    "accept-language"};

sbx_str raw(std::string_view s) { return {s.data(), s.size()}; }

void take(std::string &into, sbx_str given) {
  if (given.len > 0) into = text(given);
}

}  // namespace

VisitorPtr Visitor::make(const sbx_visitor &given, const Visitor *former, bool &whole) {
  const std::shared_ptr<Visitor> made(new Visitor);
  if (former) {
    made->id_ = former->id_;
    made->peer_ = former->peer_;
    made->auth_ = former->auth_;
    made->token_ = former->token_;
    made->flags_ = former->flags_;
    made->headers_ = former->headers_;
  }
  take(made->id_, given.id);
  take(made->peer_, given.peer);
  take(made->auth_, given.auth);
  take(made->token_, given.token);
  if (given.header_count > 0) {
    made->flags_ = given.flags;
    made->headers_.clear();
    for (size_t i = 0; i < given.header_count; ++i)
      if (std::count(kKeptHeaders.begin(), kKeptHeaders.end(), text(given.headers[i].key)) > 0)
        made->headers_.emplace_back(text(given.headers[i].key), text(given.headers[i].value));
  }
  whole = made->credentials() <= SBX_VISITOR_MAX;
  if (!whole) {
    made->auth_.clear();
    made->token_.clear();
    made->headers_.clear();
  }
  made->make_view();
  return made;
}

size_t Visitor::credentials() const {
  size_t size = auth_.size() + token_.size();
  for (const auto &[name, value] : headers_) size += name.size() + value.size();
  return size;
}

void Visitor::make_view() {
  attrs_.reserve(headers_.size());
  for (const auto &[name, value] : headers_) attrs_.push_back({raw(name), raw(value)});
  view_ = {sizeof view_, flags_, raw(id_), raw(peer_), raw(auth_), raw(token_), attrs_.data(), attrs_.size()};
}

}  // namespace signalbox
