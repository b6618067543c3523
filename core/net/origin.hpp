// OriginPolicy: which web pages may talk to a listener (`origins:`), by the Origin header that browsers send (RFC 6454,
// the Fetch standard), and the CORS headers that tell them so.  Immutable after construction; any thread may ask.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/net/authority.hpp"
#include "core/net/http_head.hpp"

namespace signalbox::net {

class OriginPolicy {
 public:
  enum Verdict {
    allowed,      // named in the list, or the list has "*"
    same_origin,  // the page comes from this very host
    refused,
    no_origin,  // not a browser's cross-site request, as far as the Origin header tells
  };

  // Entries are "https://shop.example", "http://localhost:3000" or "*"; others never match: check() tells them.
  explicit OriginPolicy(const std::vector<std::string> &entries);
  // What is wrong with an entry, for the configuration.
  static Status check(std::string_view entry);

  // `tls` is what the browser saw: behind a proxy, its X-Forwarded-Proto.  `host` is the host that the browser asked
  // for if it is not the Host header (X-Forwarded-Host of a trusted proxy), else empty.
  Verdict judge(const HttpHead &head, bool tls, std::string_view host = {}) const;
  // The same for a Referer's origin.
  Verdict judge_origin(const Origin &origin, const HttpHead &head, bool tls, std::string_view host = {}) const;
  bool any() const { return any_; }

 private:
  std::vector<Origin> allowed_;
  bool any_ = false;
};

// What an answer to a page of an allowed origin carries; nothing without an Origin header.
// REQUIRES: the verdict was allowed or same_origin
std::vector<HttpHeader> cors_headers(const HttpHead &head);

// A preflight: OPTIONS with Origin and Access-Control-Request-Method.
bool is_preflight(const HttpHead &head);
// The headers of the 204 that answers it, cors_headers() included.  Requested headers that are not tokens, too many or
// too long are not allowed: the browser then gives up.  REQUIRES: is_preflight(), and the verdict as for cors_headers()
std::vector<HttpHeader> preflight_headers(const HttpHead &head);

// The request has no Origin, but the browser says that another site's page caused it (Sec-Fetch-Site), as <script> of
// JSONP does, and its Referer is not of an allowed origin.
bool cross_site_without_origin(const HttpHead &head, const OriginPolicy &policy, bool tls = false,
                               std::string_view host = {});

}  // namespace signalbox::net
