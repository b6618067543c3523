// Why a request is refused, found out by trying what usually goes wrong: a body that was changed on the way, a key that
// is read in another way, another URL.  Slow, and an answer to nobody but the one who has the secrets: for `signalbox
// webhook verify` alone.  Pure, any thread.
#pragma once
#include <string>
#include <vector>

#include "plugins/sources/webhook/verifier.hpp"

namespace webhook {

// Sentences, none of which holds a secret or a signature; none when nothing is to be said.
std::vector<std::string> hints_for(const Verifier &verifier, const CallbackRequest &request, const Verdict &verdict,
                                   int64_t now_s);

}  // namespace webhook
