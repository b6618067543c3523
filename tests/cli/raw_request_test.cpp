#include "core/cli/raw_request.hpp"

#include <doctest/doctest.h>

#include <string>

namespace signalbox {
namespace {

TEST_CASE("a captured request is read by the listener's own rules") {
  const RawRequest r =
      read_raw_request("POST /hooks/x?a=1 HTTP/1.1\r\nHost: h\r\nX-Sig: s\r\nContent-Length: 3\r\n\r\nabc");
  CHECK(r.status == 0);
  CHECK(r.head.method == "POST");
  CHECK(r.body == "abc");
  std::vector<sbx_attr> headers;
  const sbx_request shown = as_plugins_see(r, headers);
  CHECK(std::string(shown.path.ptr, shown.path.len) == "/hooks/x");
  CHECK(std::string(shown.query.ptr, shown.query.len) == "a=1");
  CHECK(std::string(shown.host.ptr, shown.host.len) == "h");
  CHECK(shown.header_count == 3);
  CHECK((shown.flags & SBX_REQ_BODY) != 0);
}

TEST_CASE("chunks are put together") {
  const RawRequest r = read_raw_request(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
  CHECK(r.status == 0);
  CHECK(r.body == "abc");
}

TEST_CASE("what captures lack is mended: carriage returns of the head, and the length of the body") {
  const RawRequest r = read_raw_request("POST / HTTP/1.1\nHost: h\n\n{\n \"a\": 1\n\n}\n");
  CHECK(r.status == 0);
  CHECK(r.body == "{\n \"a\": 1\n\n}\n");
  CHECK(read_raw_request("POST / HTTP/1.1\r\nHost: h\r\n\r\nx\r\n\r\ny").body == "x\r\n\r\ny");
}

TEST_CASE("what is no whole request is refused with a reason") {
  for (const char *bad :
       {"", "POST / HTTP/1.1\r\nHost: h\r\n", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nabc", "\x01\x02\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na"}) {
    CAPTURE(bad);
    const RawRequest r = read_raw_request(bad);
    CHECK(r.status >= 400);
    CHECK_FALSE(r.reason.empty());
  }
}

}  // namespace
}  // namespace signalbox
