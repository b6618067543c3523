// What an endpoint's answer means (Laravel's broadcasting/auth with the redis, pusher and reverb drivers, and whatever
// behaves like it).  Only 200 admits.  The answer is as hostile as any input.  Pure, any thread.
#pragma once
#include <sbx/sbx.hpp>
#include <string_view>

#include "plugins/filters/auth/token_rule.hpp"

namespace auth {

Judgement refusal(std::string_view reason, uint32_t code, uint32_t http_status = 0);

// A restricted answer for `presence`: it has to say who the member is.
Judgement judge_answer(const sbx_fetched &fetched, bool presence);
// The body of a 200 alone.
Judgement judge_body(std::string_view body, bool presence);

}  // namespace auth
