#include "plugins/sinks/websocket/query.hpp"

#include <sbx/json_text.hpp>
#include <sbx/sbx.hpp>
#include <sbx/web_text.hpp>
#include <unordered_set>

#include "plugins/sinks/websocket/client_message.hpp"

namespace websocket {
namespace {

std::string token(std::string_view value) {
  const std::string text = sbx::decode_field(value);
  std::string json;
  if (!text.empty() && sbx::json::valid_utf8(text)) sbx::json::append_quoted(json, text);
  return json.size() <= SBX_AUTH_MAX ? json : std::string();
}

}  // namespace

QueryWants read_query(std::string_view query, size_t channels_max) {
  QueryWants out;
  std::unordered_set<std::string> seen;
  while (!query.empty()) {
    const auto [name, value] = sbx::take_field(query);
    if (name == "since") out.since = sbx::decode_field(value);
    if (name == "token") out.auth = token(value);
    if (name != "channel") continue;
    std::string channel = sbx::decode_field(value);
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
