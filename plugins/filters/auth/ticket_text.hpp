// The text of a ticket for one channel: EXPIRY.MAC, the time at which it ends in seconds since 1970 and the hexadecimal
// HMAC-SHA256 of the channel, a line feed and EXPIRY.  The last line feed parts the two, for EXPIRY has none in it.
// Pure, any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace auth {

struct TicketText {
  std::string_view expiry;  // as it was written: what is signed
  int64_t expires_s = 0;
  std::string mac;  // 32 bytes
};

// Views into `text`.  Nothing: it is no ticket.
std::optional<TicketText> parse_ticket(std::string_view text);
std::string signed_text(std::string_view channel, std::string_view expiry);

}  // namespace auth
