// Why a channel sends nothing, or no more: with the word and the number that clients are told.  Pure; any thread.
#pragma once
#include <cstdint>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sse {

struct RefusedChannel {
  std::string channel;
  std::string_view reason;  // a fixed word
  uint32_t code;            // as HTTP would say it; the same for what is forbidden and what does not exist
};

// Of an answer that is not OK.
RefusedChannel refusal_of(const sbx_subscribed &answer);
// Of a subscription that the host has ended; `code` as in sbx_subscribed.
RefusedChannel refusal_of_end(std::string_view channel, uint32_t code);

// The status of an answer to whom all of these channels are refused, and nothing else was asked for: the most hopeful.
uint32_t status_of(const std::vector<RefusedChannel> &all);

}  // namespace sse
