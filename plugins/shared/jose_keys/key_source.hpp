// KeySource: where somebody's keys come from, as the configuration says.  Made while the configuration is judged and
// never changed afterwards; a KeyStore is lent it for as long as it lives.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "plugins/shared/jose/key_set.hpp"

namespace jose {

using Keys = std::shared_ptr<const KeySet>;

struct KeySource {
  std::string name;       // whose they are, for messages: "provider github"
  std::string file, url;  // at most one is set; none: `keys` is all there ever is
  std::string ca;         // PEM file for the URL's server; empty = the system's
  Keys keys;              // what is known from the beginning: of the file as it was then, or written in the place of it
  Keys (*read)(std::string_view bytes) = &KeySet::read;
  int64_t retry_ns = 0;  // after a fetch that brought nothing, while there are no keys at all
};

// What is wrong with the URL of a key set; empty = nothing.  Keys come over https, or from this very machine: whoever
// can change them on the way can sign anything.
std::string_view fault_of_key_url(std::string_view url);

}  // namespace jose
