// The query of a connection's address: /ws?channel=pay.7&channel=news&since=CURSOR&token=TOKEN.  Pure; any thread.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace websocket {

struct QueryWants {
  std::vector<std::string> channels;  // decoded, each once, in the order given, none that cannot be a name
  std::string since;
  std::string token;  // empty = none, or one that is no text or too long
  std::string auth;   // of all of them: the token as a JSON string
  size_t bad = 0;     // channels that cannot be a name: empty, too long, not UTF-8
  size_t over = 0;    // channels beyond the limit
};

QueryWants read_query(std::string_view query, size_t channels_max);

}  // namespace websocket
