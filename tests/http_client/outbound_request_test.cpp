#include "core/net/outbound_request.hpp"

#include <doctest/doctest.h>

#include "core/base/limits.hpp"

using namespace signalbox;
using net::encode_request;
using net::OutboundRequest;

namespace {

OutboundRequest request(std::string method, std::string_view url, std::vector<net::HttpHeader> headers = {},
                        std::string body = {}) {
  return {std::move(method), net::parse_http_url(url).value(), std::move(headers), std::move(body)};
}

}  // namespace

TEST_CASE("a request says who it is for, how long it is, and that the connection ends with it") {
  CHECK(*encode_request(request("GET", "http://h:8080/a?b")) ==
        "GET /a?b HTTP/1.1\r\nHost: h:8080\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n");
  CHECK(*encode_request(request("POST", "https://[::1]/t", {{"Authorization", "Basic eA=="}}, "a=b")) ==
        "POST /t HTTP/1.1\r\nHost: [::1]\r\nAuthorization: Basic eA==\r\nContent-Length: 3\r\n"
        "Accept-Encoding: identity\r\nConnection: close\r\n\r\na=b");
  CHECK(encode_request(request("POST", "http://h/"))->find("Content-Length: 0\r\n") != std::string::npos);
  CHECK(encode_request(request("DELETE", "http://h/"))->find("Content-Length") == std::string::npos);
}

TEST_CASE("nobody smuggles a line or another framing into a request") {
  for (const char *name : {"", "a b", "a:", "a\r\nb", "Host", "content-length", "Transfer-Encoding", "CONNECTION",
                           "Keep-Alive", "upgrade", "Expect", "TE", "Trailer", "Accept-Encoding"})
    CHECK_MESSAGE(!encode_request(request("GET", "http://h/", {{name, "v"}})).ok(), name);
  for (const std::string &value :
       {std::string("a\r\nb: c"), std::string("a\n"), std::string("\r"), std::string("a\0", 2), std::string("\x7f")})
    CHECK_MESSAGE(!encode_request(request("GET", "http://h/", {{"x", value}})).ok(), value);
  for (const char *method : {"", "GET /", "GET\r\n", "CONNECT"})
    CHECK_MESSAGE(!encode_request(request(method, "http://h/")).ok(), method);
  const auto refused = encode_request(request("GET", "http://h/?code=SECRET", {{"x", "SECRET\n"}}));
  CHECK(refused.message().find("SECRET") == std::string::npos);
}

TEST_CASE("a request has its bounds") {
  CHECK(encode_request(request("PUT", "http://h/", {}, std::string(limits::kFetchBodyMax, 'b'))).ok());
  CHECK(!encode_request(request("PUT", "http://h/", {}, std::string(limits::kFetchBodyMax + 1, 'b'))).ok());
  CHECK(!encode_request(request("GET", "http://h/", {{"x", std::string(limits::kFetchHeadMax, 'v')}})).ok());
  const std::vector<net::HttpHeader> many(limits::kHttpHeadersMax + 1, {"x", "v"});
  CHECK(!encode_request(request("GET", "http://h/", many)).ok());
}
