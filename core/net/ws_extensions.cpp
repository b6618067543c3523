#include "core/net/ws_extensions.hpp"

#include <utility>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "core/net/http_text.hpp"

namespace signalbox::net {
namespace {

constexpr std::string_view kWidestWindow = "15";

// Reads the grammar of RFC 6455 section 9.1: tokens, `;`, `=`, `,` and quoted values, spaces between.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() {
    skip_space();
    return rest_.empty();
  }
  bool take(char c) {
    skip_space();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // A token; empty if there is none here.
  std::string token() {
    skip_space();
    size_t size = 0;
    while (size < rest_.size() && is_token_char(static_cast<unsigned char>(rest_[size]))) ++size;
    std::string out(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return out;
  }
  // A token or a quoted one; empty if it is neither.
  std::string value() {
    if (!take('"')) return token();
    std::string out;
    while (!rest_.empty() && rest_[0] != '"') {
      if (rest_[0] == '\\') rest_.remove_prefix(1);
      if (rest_.empty()) return {};
      out += rest_[0];
      rest_.remove_prefix(1);
    }
    if (rest_.empty() || !is_token(out)) return {};
    rest_.remove_prefix(1);
    return out;
  }

 private:
  void skip_space() {
    while (rest_.starts_with(' ') || rest_.starts_with('\t')) rest_.remove_prefix(1);
  }
  std::string_view rest_;
};

// RFC 7692 section 7.1.2: 8 to 15, without a zero in front.
bool is_window(std::string_view bits) {
  if (bits.size() == 1) return bits == "8" || bits == "9";
  return bits.size() == 2 && bits[0] == '1' && bits[1] >= '0' && bits[1] <= '5';
}

struct Offer {
  bool fits = true;  // it is one for us, and nothing is wrong with it so far
  bool server_bare = false, client_bare = false, server_window = false, client_window = false;

  void parameter(const std::string &name, const std::optional<std::string> &value) {
    if (equal_ignoring_case(name, "server_no_context_takeover")) {
      fits = fits && !value && !std::exchange(server_bare, true);
    } else if (equal_ignoring_case(name, "client_no_context_takeover")) {
      fits = fits && !value && !std::exchange(client_bare, true);
    } else if (equal_ignoring_case(name, "server_max_window_bits")) {
      fits = fits && value == kWidestWindow && !std::exchange(server_window, true);
    } else if (equal_ignoring_case(name, "client_max_window_bits")) {
      // What it compresses with fits into our window in any case.
      fits = fits && (!value || is_window(*value)) && !std::exchange(client_window, true);
    } else {
      fits = false;
    }
  }
};

// One offer with its parameters; nothing where the grammar is broken: what follows cannot be trusted then.
std::optional<Offer> read_offer(Scanner &text) {
  const std::string name = text.token();
  if (name.empty()) return std::nullopt;
  Offer offer;
  offer.fits = equal_ignoring_case(name, "permessage-deflate");
  while (text.take(';')) {
    const std::string parameter = text.token();
    if (parameter.empty()) return std::nullopt;
    std::optional<std::string> value;
    if (text.take('=')) {
      value = text.value();
      if (value->empty()) return std::nullopt;
    }
    offer.parameter(parameter, value);
  }
  return offer;
}

}  // namespace

std::optional<std::string> ws_deflate_answer(const HttpHead &head) {
  size_t seen = 0;
  for (const HttpHeader &h : head.headers) {
    if (h.name != "sec-websocket-extensions") continue;
    for (Scanner text(h.value); !text.at_end() && ++seen <= limits::kWsExtensionsMax;) {
      if (text.take(',')) continue;  // an empty element
      const std::optional<Offer> offer = read_offer(text);
      if (!offer || !(text.at_end() || text.take(','))) break;
      if (!offer->fits) continue;
      std::string answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
      // Only what was asked for may be said of windows, and this must be.
      if (offer->server_window) answer.append("; server_max_window_bits=").append(kWidestWindow);
      return answer;
    }
  }
  return std::nullopt;
}

}  // namespace signalbox::net
