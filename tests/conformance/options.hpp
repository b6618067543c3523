// The conformance server's options.
#pragma once
#include <string>
#include <string_view>

namespace conformance {

struct Options {
  std::string listener;
  bool allow_eio3 = false;
};
Options read_options(std::string_view config_json);

}  // namespace conformance
