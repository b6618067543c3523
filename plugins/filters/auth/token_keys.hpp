// How the configuration of a rule names its keys: as text in the place of it, or { file: PATH }.
#pragma once
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

#include "plugins/shared/jose_keys/key_source.hpp"

namespace auth {

// JSON Web Keys or public keys in PEM.
jose::Keys read_public_keys(std::string_view text);
// A shared secret: all bytes, without the end of the line that an editor puts behind them.  nullptr: fewer than 32
// bytes, too many, or a public key, which everybody may know.
jose::Keys read_secret(std::string_view text);

// `from` gets the file and what stands in it, read with from.read.  The answer is what is wrong, empty = nothing.
std::string_view load_key_file(sbx::Host host, std::string path, jose::KeySource &from);

}  // namespace auth
