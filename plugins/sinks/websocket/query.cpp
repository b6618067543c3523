#include "plugins/sinks/websocket/query.hpp"

#include <algorithm>
#include <sbx/json_text.hpp>
#include <unordered_set>

#include "plugins/sinks/websocket/client_message.hpp"

namespace websocket {
namespace {

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// '+' is a space, as forms write it; a '%' that begins no escape stands for itself.
std::string decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace

QueryWants read_query(std::string_view query, size_t channels_max) {
  QueryWants out;
  std::unordered_set<std::string> seen;
  while (!query.empty()) {
    const std::string_view field = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(field.size() + 1, query.size()));
    const size_t equals = std::min(field.find('='), field.size());
    const std::string_view name = field.substr(0, equals), value = field.substr(std::min(equals + 1, field.size()));
    if (name == "since") out.since = decode(value);
    if (name != "channel") continue;
    std::string channel = decode(value);
    if (channel.empty() || channel.size() > kChannelMax || !sbx::json::valid_utf8(channel)) {
      ++out.bad;
    } else if (!seen.contains(channel)) {
      if (out.channels.size() < channels_max) {
        seen.insert(channel);
        out.channels.push_back(std::move(channel));
      } else {
        ++out.over;
      }
    }
  }
  return out;
}

}  // namespace websocket
