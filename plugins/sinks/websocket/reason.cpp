#include "plugins/sinks/websocket/reason.hpp"

namespace websocket {
namespace {

constexpr Reason kTryAgain = {Error::kUnavailable, "this could not be done now; try again"};
constexpr Reason kNoName = {Error::kBadChannel, "this is no name for a channel"};
constexpr Reason kNotOpen = {Error::kForbidden, "this channel is not open to you"};

// As HTTP would say it.
constexpr uint32_t kUnauthorized = 401, kPageExpired = 419, kTooMany = 429, kServerError = 500;

bool wants_credentials(uint32_t code) { return code == kUnauthorized || code == kPageExpired; }

Reason reason_of_code(uint32_t code) {
  if (wants_credentials(code))
    return {Error::kUnauthorized, "this channel wants to know who you are; subscribe with valid credentials"};
  if (code == kTooMany) return {Error::kRateLimited, "too many subscriptions; try again later"};
  return code == 0 || code >= kServerError ? kTryAgain : kNotOpen;
}

}  // namespace

Reason reason_of_subscribe(sbx_status status) {
  if (status == SBX_EINVAL) return kNoName;
  if (status == SBX_ETOOBIG)
    return {Error::kTooManyChannels, "too many channels in one go; ask for them one after the other"};
  return kTryAgain;
}

Reason reason_of(const sbx_subscribed &answer) {
  if (answer.status == SBX_EINVAL) return kNoName;
  if (answer.status != SBX_EREFUSED) return kTryAgain;
  // A host that knows no codes has a zero there that says nothing.
  return SBX_HAS(&answer, members) ? reason_of_code(answer.code) : kNotOpen;
}

Reason reason_of_end(uint32_t code) {
  if (wants_credentials(code))
    return {Error::kExpired, "what admitted you to this channel has expired; subscribe again with new credentials"};
  return reason_of_code(code);
}

Reason reason_of_say(sbx_status status) {
  switch (status) {
    case SBX_ENOENT:
    case SBX_EREFUSED:
      return {Error::kForbidden,
              "you may not say this here; client-* events are for private and presence channels that you are in"};
    case SBX_FULL:
      return {Error::kRateLimited, "too many events; it was not sent, try again later"};
    case SBX_ETOOBIG:
      return {Error::kTooBig, "this is too much for one event; it was not sent"};
    case SBX_EINVAL:
      return {Error::kBadMessage, "this is no event; its name has a limit, and its data is one JSON value"};
    default:
      return kTryAgain;
  }
}

}  // namespace websocket
