// The options of every preset but `publish`: its table entry, its secrets, and what becomes of a callback.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "plugins/sources/webhook/verifier.hpp"

namespace webhook {

struct CallbackOptions {
  // Shared, so that whatever is under way when the secrets are read again finishes with those that it began with.
  std::shared_ptr<const Verifier> verifier;
  int64_t deadline_ns = 0, dedupe_ns = 0;
  bool keep_raw = false;
};

// `with_json` passed the schema.  Nothing, after at least one complaint; what only should be thought over goes to
// `advise`.
std::optional<CallbackOptions> read_callback_options(std::string_view with_json, const Complain &complain,
                                                     const Complain &advise);

}  // namespace webhook
