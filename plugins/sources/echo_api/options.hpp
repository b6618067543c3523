// The source's `with:`, judged: what schema.json cannot say is reported through the host.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sources/echo_api/clients.hpp"

namespace echo_api {

struct Options {
  std::string listener, path;
  std::vector<Client> clients;
  uint64_t body_max = 0;
  size_t requests_max = 0;
  bool status = true;
};

// Nothing, after at least one host.problem(), when the configuration cannot work.
std::optional<Options> read_options(sbx::Host host, std::string_view config_json);

}  // namespace echo_api
