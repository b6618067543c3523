#include "plugins/sinks/websocket/query.hpp"

#include <sbx/json_text.hpp>
#include <sbx/sbx.hpp>
#include <sbx/web_text.hpp>
#include <unordered_set>

#include "plugins/sinks/websocket/client_message.hpp"

namespace websocket {
namespace {

void take_token(std::string_view value, QueryWants &out) {
  out.token = sbx::decode_field(value);
  out.auth.clear();
  if (!out.token.empty() && sbx::json::valid_utf8(out.token)) sbx::json::append_quoted(out.auth, out.token);
  if (out.auth.size() > SBX_AUTH_MAX) out.auth.clear();
  if (out.auth.empty()) out.token.clear();
}

}  // namespace

QueryWants read_query(std::string_view query, size_t channels_max) {
  QueryWants out;
  std::unordered_set<std::string> seen;
  while (!query.empty()) {
    const auto [name, value] = sbx::take_field(query);
    if (name == "since") out.since = sbx::decode_field(value);
    if (name == "token") take_token(value, out);
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
