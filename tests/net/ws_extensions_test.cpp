#include "core/net/ws_extensions.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

namespace signalbox::net {
namespace {

const std::string kPlain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
const std::string kDeclined = "(none)";

std::string answer(std::initializer_list<const char *> values) {
  HttpHead head;
  for (const char *value : values) head.headers.push_back({"sec-websocket-extensions", value});
  return ws_deflate_answer(head).value_or(kDeclined);
}

}  // namespace

TEST_CASE("what browsers and libraries offer is taken") {
  CHECK(answer({"permessage-deflate; client_max_window_bits"}) == kPlain);
  CHECK(answer({"permessage-deflate"}) == kPlain);
  CHECK(answer({"permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                "client_max_window_bits=12"}) == kPlain);
  CHECK(answer({"Permessage-Deflate ;\tClient_Max_Window_Bits=8"}) == kPlain);
  CHECK(answer({}) == kDeclined);
  CHECK(answer({""}) == kDeclined);
}

TEST_CASE("a server window is answered as asked, and one that is too small for us is declined") {
  CHECK(answer({"permessage-deflate; server_max_window_bits=15"}) == kPlain + "; server_max_window_bits=15");
  CHECK(answer({"permessage-deflate; server_max_window_bits=\"15\""}) == kPlain + "; server_max_window_bits=15");
  for (const char *bits : {"8", "9", "10", "14"})
    CHECK(answer({("permessage-deflate; server_max_window_bits=" + std::string(bits)).c_str()}) == kDeclined);
}

TEST_CASE("the first offer that can be taken is, whatever stands before it, also in another header") {
  CHECK(answer({"permessage-deflate; server_max_window_bits=10, permessage-deflate"}) == kPlain);
  CHECK(answer({"x-webkit-deflate-frame, permessage-deflate; client_max_window_bits"}) == kPlain);
  CHECK(answer({"foo; a=1; b=\"two\"", "permessage-deflate"}) == kPlain);
  CHECK(answer({", ,permessage-deflate,"}) == kPlain);
  CHECK(answer({"permessage-deflate; nonsense, permessage-deflate; server_max_window_bits=15, permessage-deflate"}) ==
        kPlain + "; server_max_window_bits=15");
}

TEST_CASE("an offer with something wrong in it is declined") {
  for (const char *wrong :
       {"permessage-deflate; unknown", "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; client_no_context_takeover=\"\"", "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=16", "permessage-deflate; server_max_window_bits=015",
        "permessage-deflate; client_max_window_bits=7", "permessage-deflate; client_max_window_bits=08",
        "permessage-deflate; client_max_window_bits=1a", "permessage-deflate; client_max_window_bits=100",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
        "permessage-deflate; client_max_window_bits; client_max_window_bits=15",
        "permessage-deflate; server_max_window_bits=15; server_max_window_bits=15", "permessage-deflate2", "permessage",
        "x-permessage-deflate"})
    CHECK_MESSAGE(answer({wrong}) == kDeclined, wrong);
}

TEST_CASE("where the grammar is broken the rest of the header does not count") {
  for (const char *wrong :
       {"permessage-deflate;", "permessage-deflate; =1", "permessage-deflate; client_max_window_bits=",
        "permessage-deflate; client_max_window_bits=\"", "permessage-deflate; client_max_window_bits=\"15",
        "permessage-deflate; client_max_window_bits=\"15\\", "permessage-deflate; client_max_window_bits=\"1 5\"",
        "permessage-deflate extra", "permessage-deflate = 1", "\"permessage-deflate\"", "; permessage-deflate",
        "foo bar, permessage-deflate", "foo; \"x\", permessage-deflate"})
    CHECK_MESSAGE(answer({wrong}) == kDeclined, wrong);
  CHECK(answer({"foo; \"x\"", "permessage-deflate"}) == kPlain);
  CHECK(answer({"permessage-deflate; client_max_window_bits=\"1\\5\""}) == kPlain);
}

TEST_CASE("offers without end are not all looked at") {
  std::string many;
  for (int i = 0; i < 16; ++i) many += "foo, ";
  CHECK(answer({(many + "permessage-deflate").c_str()}) == kDeclined);
}

}  // namespace signalbox::net
