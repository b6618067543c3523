#include "plugins/sources/webhook/request_head.hpp"

#include <doctest/doctest.h>

TEST_CASE("JSON is application/json, in UTF-8 if anything is said") {
  for (const char *good :
       {"application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;charset=UTF-8",
        "application/json ; charset=\"utf-8\"", "application/json;", " application/json\t"}) {
    CAPTURE(std::string(good));
    CHECK(webhook::is_json_type(good));
  }
  for (const char *bad :
       {"", "text/plain", "application/jsonp", "application/json+x", "application/x-www-form-urlencoded",
        "application/json; charset=utf-16", "application/json; charset", "application/json; q=1",
        "application/json; charset=utf-8; charset=latin1", "text/html; application/json",
        "application/json, text/plain", "application/json; charset=\"utf-8"}) {
    CAPTURE(std::string(bad));
    CHECK_FALSE(webhook::is_json_type(bad));
  }
}

TEST_CASE("a header that comes twice is counted, and the first is shown") {
  const sbx_attr headers[] = {
      {sbx::raw("a"), sbx::raw("1")}, {sbx::raw("b"), sbx::raw("2")}, {sbx::raw("a"), sbx::raw("3")}};
  sbx_request request{};
  request.headers = headers;
  request.header_count = 3;
  CHECK(webhook::find_header(request, "a").count == 2);
  CHECK(webhook::find_header(request, "a").value == "1");
  CHECK(webhook::find_header(request, "b").count == 1);
  CHECK(webhook::find_header(request, "c").count == 0);
}
