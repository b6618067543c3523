// What the browser shows when it comes back from the provider and is not sent on: fixed texts, in which nothing of the
// request is.  Pure, any thread.
#pragma once
#include <string>

#include "plugins/sources/oauth/answer.hpp"

namespace oauth {

enum class Page { kDone, kProcessing, kDenied, kFailed, kRefused, kBusy };
// REQUIRES: the process lives
Answer page_answer(Page page);

// 303 (RFC 9700 section 4.12: never 307, which would carry a form on).  REQUIRES: ReturnTo made `url`
Answer redirect_answer(const std::string &url);

}  // namespace oauth
