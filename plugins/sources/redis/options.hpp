// The source's `with:`, judged: what schema.json cannot say is reported through the host.
#pragma once
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sources/redis/session.hpp"
#include "plugins/sources/redis/url.hpp"

namespace redis {

enum class Codec { kLaravel, kRaw };

struct TlsOptions {
  std::string ca, certificate, key, server_name;
  bool insecure = false;
};

struct Options {
  Url url;
  std::vector<std::string> channels, patterns;
  std::string prefix;
  Codec codec = Codec::kLaravel;
  bool keep_socket = false;
  TlsOptions tls;
  int64_t connect_timeout_ns = 0, backoff_min_ns = 0, backoff_max_ns = 0;
  SessionOptions session;
};

// Nothing, after at least one host.problem(), when the configuration cannot work.
std::optional<Options> read_options(sbx::Host host, std::string_view config_json);

}  // namespace redis
