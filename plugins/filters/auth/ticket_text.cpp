#include "plugins/filters/auth/ticket_text.hpp"

#include <algorithm>
#include <charconv>

namespace auth {
namespace {

constexpr size_t kExpiryDigitsMax = 11;  // until the year 5138; more could overflow
constexpr size_t kMacBytes = 32;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::optional<int64_t> number_of(std::string_view digits) {
  if (digits.empty() || digits.size() > kExpiryDigitsMax || digits[0] == '0') return std::nullopt;
  if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

}  // namespace

std::optional<TicketText> parse_ticket(std::string_view text) {
  const size_t point = text.find('.');
  if (point == std::string_view::npos || text.size() - point - 1 != 2 * kMacBytes) return std::nullopt;
  TicketText ticket;
  ticket.expiry = text.substr(0, point);
  const auto expires_s = number_of(ticket.expiry);
  if (!expires_s) return std::nullopt;
  ticket.expires_s = *expires_s;
  for (size_t at = point + 1; at < text.size(); at += 2) {
    const int high = hex_value(text[at]), low = hex_value(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    ticket.mac += static_cast<char>(high * 16 + low);
  }
  return ticket;
}

std::string signed_text(std::string_view channel, std::string_view expiry) {
  std::string text(channel);
  text += '\n';
  text += expiry;
  return text;
}

}  // namespace auth
