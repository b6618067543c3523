// Where a request shows its signatures, and how they are written there: `t=1,v1=HEX,v1=HEX`, `sha256=HEX`, …  There may
// be several, while the provider changes its key.  Immutable; any thread.
#pragma once
#include <string>
#include <vector>

#include "plugins/sources/webhook/encoding.hpp"
#include "plugins/sources/webhook/inputs.hpp"

namespace webhook {

struct SignatureSpec {
  Source from;
  char split = 0, pair = 0;  // 0 = the value is one signature
  std::string pick;          // the key whose values are signatures
  std::string prefix;
  bool prefix_optional = false;
  bool repeat = false;  // the header may come several times
  Encoding encoding = Encoding::kUtf8;
};

struct Signatures {
  Value::State state = Value::State::kMissing;
  // Decoded, as many as were offered.  One of a length that its encoding cannot have is empty: it fits nothing.
  std::vector<std::string> offered;
};

// What is beside the signatures becomes the inputs' items.
Signatures read_signatures(const SignatureSpec &spec, Inputs &inputs);

}  // namespace webhook
