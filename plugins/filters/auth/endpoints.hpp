// Endpoints: the addresses of an application that says who may listen, and which of several a visitor belongs to.
// Immutable; any thread.
#pragma once
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace auth {

// "https://shop.example:8443/broadcasting/auth" in parts.
struct Endpoint {
  std::string scheme = {};  // "http" or "https"
  std::string host = {};    // lower case; ".shop.example" stands for every host with one label before it
  std::string port = {};    // with its colon; may be empty
  std::string path = {};    // and query

  std::string url() const { return scheme + "://" + host + port + path; }
  bool any_label() const { return host.starts_with('.'); }
  // Plain HTTP to another machine: what is sent can be read on the way.
  bool readable_on_the_way() const;
};
// Nothing: it is no http or https URL, or has user information or a fragment in it.
std::optional<Endpoint> parse_endpoint(std::string_view url);

// The host of an Origin or Referer header, in lower case and without the port; empty: it has none.
std::string host_of(std::string_view origin);

class Endpoints {
 public:
  Endpoints() = default;
  explicit Endpoints(std::vector<Endpoint> listed) : listed_(std::move(listed)) {}

  // The URL for who came from a page of `host`: the endpoint of that very host, else that of a host above it (the
  // nearest), else the first.  Empty: only endpoints for any host of a domain are listed, and this is none.
  std::string url_for(std::string_view host) const;
  // The same for a handshake: by its Origin, or else its Referer.
  std::string url_for(const sbx_visitor *visitor) const;

 private:
  std::vector<Endpoint> listed_;
};

}  // namespace auth
