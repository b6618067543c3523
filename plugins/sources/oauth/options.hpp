// The source's `with:`, judged: what schema.json cannot say is reported through the host.  Immutable afterwards; the
// providers' addresses stay as they are as long as the options do.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sources/oauth/provider.hpp"
#include "plugins/sources/oauth/return_to.hpp"
#include "plugins/sources/oauth/waits.hpp"

namespace oauth {

struct RedeemOptions {
  std::string listener, path;
  std::vector<std::string> keys;
};

struct Options {
  std::string listener, path, public_url, channel;
  bool development = false;  // public_url is plain http on this machine
  std::vector<std::string> origins;
  ReturnTo return_to{{}, {}};
  int64_t lifetime_ns = 0, scene_lifetime_ns = 0, ticket_lifetime_ns = 0;
  size_t tabs = 0;
  std::optional<RedeemOptions> redeem;
  std::vector<std::string> expose;
  WaitLimits waits;
  size_t exchanges = 0, starts_per_minute = 0;
  std::map<std::string, Provider, std::less<>> providers;

  std::string redirect_uri(std::string_view provider) const;
  // A form posted across sites needs another kind of cookie than a redirect, so it has one of its own.
  std::string cookie_name(const Provider &provider) const;
};

// Nothing, after at least one host.problem(), when the configuration cannot work.
std::optional<Options> read_options(sbx::Host host, std::string_view config_json);

}  // namespace oauth
