// What a kind of rule that judges by a token alone (jwt, ticket) offers to the filter.  The filter finds the rule and
// the token; the rule says whether the token opens the channel.  One to a rule of the configuration; lane only.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace auth {

struct Judgement {
  bool admitted = false;
  std::string_view reason = {};  // refused: one short fixed word ("expired"), which lives for ever
  uint32_t code = 0;             // refused: see sbx_subscribed.code
  std::string principal = {};    // admitted: who it is; empty = nobody in particular
  std::string member = {};       // admitted to a presence channel: what the other members see; empty = none
  int64_t until_ns = 0;          // admitted: wall time at which it ends; 0 = with the connection
  uint32_t http_status = 0;      // what a server that was asked has answered, for the log; 0 = none was, or it did not
};

// Lent for the call.
struct TokenAsk {
  std::string_view channel;
  std::string_view token;  // empty: the client offered none
  bool restricted = false, presence = false;
};

class TokenRule {
 public:
  TokenRule() = default;
  TokenRule(const TokenRule &) = delete;
  TokenRule &operator=(const TokenRule &) = delete;
  virtual ~TokenRule() = default;

  // Calls `then` once: before it returns, or in a later call when something has to be fetched first.
  virtual void judge(uint64_t ask, const TokenAsk &about, std::function<void(const Judgement &)> then) = 0;
  // Its `then` is not called any more.  An ask that was answered is unknown, and that is no fault.
  virtual void forget(uint64_t ask) = 0;
  // The instance starts: what is fetched over the network may be fetched from here on.
  virtual void start() {}
};

}  // namespace auth
