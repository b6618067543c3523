// The source's `with:`, judged: what schema.json cannot say is reported through the host.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sources/webhook/callback_options.hpp"

namespace webhook {

struct EndpointOptions {
  std::string listener, path;
  uint64_t body_max = 0;
  size_t requests_max = 0;
  std::vector<std::string> methods = {"POST"};
};

struct PublishOptions {
  std::vector<std::string> keys;
  size_t events_max = 0;
  int64_t deadline_ns = 0, dedupe_ns = 0;
};

struct Options {
  EndpointOptions endpoint;
  PublishOptions publish;                   // preset: publish
  std::optional<CallbackOptions> callback;  // every other one
};

// Nothing, after at least one host.problem(), when the configuration cannot work.
std::optional<Options> read_options(sbx::Host host, std::string_view config_json);
// The same where there is nobody to report to, because the configuration is read again.
std::optional<Options> read_options(std::string_view config_json, const Complain &complain, const Complain &advise);

}  // namespace webhook
