// What a `laravel` rule posts to its endpoint: the channel as a form, and of what the client sent only what the
// configuration lets through.  Header names are our own words, and values cannot break out of their line.  Pure, any
// thread.
#pragma once
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/filters/auth/credentials.hpp"
#include "plugins/filters/auth/endpoints.hpp"

namespace auth {

struct LaravelOptions {
  Endpoints endpoints = {};
  std::vector<std::string> headers = {};  // of the client's, in lower case
  bool all_cookies = true;
  std::vector<std::string> cookies = {};  // when not all: only these
  bool forward_address = false;
  std::string ca = {};
  int64_t timeout_ns = 0, wait_ns = 0, cache_ns = 0;
  size_t concurrency = 1, queue = 0;
};

// Lent for the call.
struct LaravelAsk {
  std::string_view channel;
  const Offer &offer;      // of the subscribe message
  std::string_view token;  // where no Authorization was offered it becomes one
  const sbx_visitor *visitor;
  bool presence = false;
};

struct LaravelRequest {
  std::string url, body;
  std::vector<Header> headers;
  std::string_view wrong = {};  // not empty: a word for why nothing can be sent

  size_t bytes() const;
  // SHA-256 over everything that the answer can depend on.
  std::string key() const;
};
LaravelRequest make_request(const LaravelOptions &options, const LaravelAsk &ask);

}  // namespace auth
