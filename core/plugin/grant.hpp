// What gatekeepers know of a visitor whom they let into a channel, and what they say at all (sbx.admission/1).  Plain
// values; immutable once they are shared.
#pragma once
#include <sbx/sbx.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox {

struct Grant {
  std::string principal;  // who it is; empty = nobody in particular
  std::string member;     // what the other members see of it; empty = it is no presence channel
  int64_t until_ns = 0;   // wall; 0 = as long as the connection
  int64_t linger_ns = 0;  // how long a member that was cut off still counts as there
};
using GrantPtr = std::shared_ptr<const Grant>;

// What a client is told that was refused, as HTTP would say it.
inline constexpr uint32_t kUnauthorized = 401, kForbidden = 403, kTooMany = 429, kNobodyToAsk = 0;

// One gatekeeper's answer.
struct Verdict {
  bool yes = false;
  bool vouched = false;  // also for a restricted channel
  uint32_t code = kForbidden;
  GrantPtr grant;  // may be nullptr: nothing more is known
};
// Reads what a gatekeeper said; one that says impossible things has refused.
Verdict read_grant(const sbx_grant &given);

// What all gatekeepers of a sink's pipelines said of one channel.
struct Admission {
  std::vector<uint32_t> scopes;  // the pipelines that admit the visitor; none: it is refused
  uint32_t code = kForbidden;    // ... with this
  GrantPtr grant;                // may be nullptr
  uint32_t member_scope = 0;     // the pipeline in which it is a member
};

// A channel that wants somebody to vouch for whoever listens.
inline bool is_restricted(std::string_view channel) {
  return channel.starts_with("private-") || channel.starts_with("presence-");
}

}  // namespace signalbox
