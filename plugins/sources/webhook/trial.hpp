// What the source would make of one request, told in one line of JSON: sbx.judge/1, for `signalbox webhook verify`.  It
// says why a request is refused as far as that can be found out, and never what a secret or the right signature is.
// A value; any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plugins/sources/webhook/reply.hpp"
#include "plugins/sources/webhook/verifier.hpp"

namespace webhook {

struct Trial {
  bool accepted = false;
  std::string stage, reason;  // of a refusal
  std::vector<CallbackEvent> events;
  Reply reply;
  std::string key;               // which one fitted, where there are several: "2 of 3"
  std::optional<int64_t> age_s;  // see Verdict
  std::vector<std::string> hints;
};

Trial refused_trial(std::string stage, std::string reason, Reply reply);
// What a verdict means when it is answered so.
Trial trial_of(const Verdict &verdict, Reply reply);

// "2 of 3"; empty where there is nothing to tell apart.  An id stands before it.
std::string key_text(size_t place, size_t keys, std::string_view id);

// {"verdict","stage","reason","event","events","key","seconds_off","hints","reply"}.  `event` is the first one, with
// empty texts where there is none; "verdict" is never "duplicate" as nothing is remembered, but an event that repeats
// one of the same request says so.
std::string json_of(const Trial &trial);

}  // namespace webhook
