#include "core/net/origin.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/net/http_text.hpp"

namespace signalbox::net {
namespace {

// The list that the client asks for, if all of it may be said back.
std::string requested_headers(const HttpHead &head) {
  std::string out;
  for (const HttpHeader &h : head.headers) {
    if (h.name != "access-control-request-headers") continue;
    if (out.size() + h.value.size() > limits::kCorsRequestHeadersMax) return {};
    std::string_view list = h.value;
    while (const auto name = next_in_list(list)) {
      if (name->empty()) continue;
      if (!is_token(*name)) return {};
      if (!out.empty()) out += ", ";
      out += *name;
    }
  }
  return out;
}

}  // namespace

OriginPolicy::OriginPolicy(const std::vector<std::string> &entries) {
  for (const std::string &entry : entries) {
    if (entry == "*") {
      any_ = true;
    } else if (auto origin = parse_origin(entry)) {
      allowed_.push_back(std::move(*origin));
    }
  }
}

Status OriginPolicy::check(std::string_view entry) {
  if (entry == "*" || parse_origin(entry)) return {};
  std::string message = "\"" + std::string(entry) + "\" is not an origin; write scheme://host or scheme://host:port";
  if (const auto origin = origin_of_url(entry))
    message += ", without a path: \"" + std::string(entry.substr(0, entry.find('/', entry.find("://") + 3))) + "\"";
  return Status::error(std::move(message));
}

OriginPolicy::Verdict OriginPolicy::judge_origin(const Origin &origin, const HttpHead &head, bool tls,
                                                 std::string_view host) const {
  if (any_ || std::find(allowed_.begin(), allowed_.end(), origin) != allowed_.end()) return allowed;
  const std::string_view scheme = tls ? "https" : "http";
  const auto own = parse_authority(host.empty() ? head.header("host") : host);
  if (!own || origin.scheme != scheme || origin.host != own->host) return refused;
  return origin.port == own->port.value_or(default_port(scheme)) ? same_origin : refused;
}

OriginPolicy::Verdict OriginPolicy::judge(const HttpHead &head, bool tls, std::string_view host) const {
  const size_t count = head.count("origin");
  if (count == 0) return no_origin;
  if (count > 1) return refused;
  if (any_) return allowed;
  // "null" is what sandboxed and local pages say: anybody can be that.
  const auto origin = parse_origin(head.header("origin"));
  return origin ? judge_origin(*origin, head, tls, host) : refused;
}

std::vector<HttpHeader> cors_headers(const HttpHead &head) {
  const std::string_view origin = head.header("origin");
  if (origin.empty()) return {};
  // Never "*": pages that poll with credentials want their own origin (the Fetch standard, CORS protocol and
  // credentials).
  return {{"Access-Control-Allow-Origin", std::string(origin)},
          {"Access-Control-Allow-Credentials", "true"},
          {"Vary", "Origin"}};
}

bool is_preflight(const HttpHead &head) {
  return head.method == "OPTIONS" && head.count("origin") == 1 && head.count("access-control-request-method") > 0;
}

std::vector<HttpHeader> preflight_headers(const HttpHead &head) {
  std::vector<HttpHeader> out = cors_headers(head);
  out.push_back({"Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"});
  if (std::string asked = requested_headers(head); !asked.empty())
    out.push_back({"Access-Control-Allow-Headers", std::move(asked)});
  out.push_back({"Access-Control-Max-Age", "600"});
  return out;
}

bool cross_site_without_origin(const HttpHead &head, const OriginPolicy &policy, bool tls, std::string_view host) {
  if (policy.any() || head.count("origin") > 0) return false;
  const std::string_view site = head.header("sec-fetch-site");
  // "none" is the user's own doing: the address bar, a bookmark.  "same-site" is another origin all the same.
  const bool says_cross = site == "cross-site" || site == "same-site";
  const auto referer = origin_of_url(head.header("referer"));
  if (referer && policy.judge_origin(*referer, head, tls, host) != OriginPolicy::refused) return false;
  if (says_cross) return true;
  // An old browser without Sec-Fetch-Site: its Referer is all there is to go by.
  return site.empty() && referer.has_value();
}

}  // namespace signalbox::net
