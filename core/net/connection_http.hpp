// What a connection needs while it speaks HTTP; allocated at the first byte of it and freed at the upgrade.  Included
// by the connection's own files only.
#pragma once
#include <string>
#include <string_view>

#include "core/net/connection.hpp"

namespace signalbox::net {

struct Connection::Http {
  explicit Http(const ListenerLimits &limits) : parser({limits.headers, limits.body}) {}

  HttpParser parser;
  std::string peer;               // its address as text, once somebody has asked
  std::string kept;               // read, but not yet parsed: the rest of a head, or requests sent ahead
  bool tls = false;               // what the browser saw
  bool cors = false;              // the answer says which origin may read it
  bool head_done = false;         // a request's head was read
  bool request_complete = false;  // ... and its body
  bool responded = false;         // the response's head was sent
  bool response_complete = false;
  bool bodyless = false;  // the response has a head only: HEAD, 204, 304
  bool continue_owed = false;
  bool moved = false;  // was handed over for this request: it stays now
  int move_to = -1;    // the lane that this request belongs to

  bool waits_for_client() const { return !request_complete && (head_done || !kept.empty()); }
  bool head_only() const { return head_done && parser.head().method == "HEAD"; }
};

}  // namespace signalbox::net
