// What the headers of a request mean for its framing and its connection (RFC 9112 sections 3.2, 6 and 9.3): Host,
// Content-Length, Transfer-Encoding, Connection, Expect, Upgrade.  Pure; used by HttpParser.
#pragma once
#include <string_view>

#include "core/net/http_parser.hpp"

namespace signalbox::net {

// Sets path and query from the target, which may be absolute (then its authority must be the Host).
HttpParser::Step judge_target(HttpHead &head, std::string_view target);
// Sets keep_alive, has_body, expect_continue, upgrade, content_length; Kind::error if they contradict or confuse.
HttpParser::Step judge_framing(HttpHead &head, bool &chunked);

}  // namespace signalbox::net
