#include "core/net/http_parser.hpp"

#include <doctest/doctest.h>

#include <string>

#include "core/base/limits.hpp"
#include "tests/net/http_transcript.hpp"

using namespace signalbox;
using namespace signalbox::net;
using namespace signalbox::net::testing;

namespace {

// The same, however it is cut.
std::string parse(const std::string &bytes, HttpParser::Limits limits = {4096, 1000}) {
  const std::string whole = http_transcript(bytes, limits);
  CHECK(http_transcript_bytewise(bytes, limits) == whole);
  for (size_t at = 1; at < bytes.size(); ++at) REQUIRE(http_transcript_cut(bytes, at, limits) == whole);
  return whole;
}

std::string request(const std::string &line, const std::string &headers, const std::string &body = "") {
  return line + "\r\n" + headers + "\r\n" + body;
}

std::string refusal(const std::string &bytes, HttpParser::Limits limits = {4096, 1000}) {
  const std::string text = parse(bytes, limits);
  const size_t at = text.find("error ");
  return at == std::string::npos ? "not refused: " + text : text.substr(at, text.size() - at - 1);
}

bool refused(int status, const std::string &bytes) {
  const std::string text = refusal(bytes);
  CAPTURE(text);
  const bool as_said = text.starts_with("error " + std::to_string(status) + " ");
  CHECK(as_said);
  return as_said;
}

std::string with(const std::string &headers, const std::string &body = "") {
  return request("POST / HTTP/1.1", "Host: a\r\n" + headers, body);
}

}  // namespace

TEST_CASE("a plain request comes out in its parts") {
  CHECK(parse("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: shop.example:6001\r\nX-A:  b c \t\r\n\r\n") ==
        "GET [/socket.io/] [EIO=4&transport=polling] 1.1 keep\n  host=[shop.example:6001]\n  x-a=[b c]\ncomplete\nleft "
        "0\n");
}

TEST_CASE("a body with a length is handed out and pipelined requests follow") {
  CHECK(parse(with("Content-Length: 5\r\n", "hello") + request("GET /next HTTP/1.1", "Host: a\r\n")) ==
        "POST [/] [] 1.1 keep body length=5\n  host=[a]\n  content-length=[5]\n(hello)\ncomplete\n"
        "GET [/next] [] 1.1 keep\n  host=[a]\ncomplete\nleft 0\n");
}

TEST_CASE("a chunked body is put together and its extensions and trailers are dropped") {
  CHECK(parse(with("Transfer-Encoding: Chunked\r\n",
                   "3\r\nabc\r\nA;name=value;b=\"q\"\r\n0123456789\r\n000\r\nX-Trailer: t\r\n\r\n") +
              "GET / HTTP/1.1\r\nHost: b\r\n\r\n") ==
        "POST [/] [] 1.1 keep body\n  host=[a]\n  transfer-encoding=[Chunked]\n(abc0123456789)\ncomplete\n"
        "GET [/] [] 1.1 keep\n  host=[b]\ncomplete\nleft 0\n");
}

TEST_CASE("connections live on by version and Connection header") {
  const auto keeps = [](const std::string &version, const std::string &headers) {
    return parse(request("GET / " + version, "Host: a\r\n" + headers)).find(" keep") != std::string::npos;
  };
  CHECK(keeps("HTTP/1.1", ""));
  CHECK_FALSE(keeps("HTTP/1.1", "Connection: Close\r\n"));
  CHECK_FALSE(keeps("HTTP/1.1", "Connection: x, close\r\n"));
  CHECK_FALSE(keeps("HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
  CHECK_FALSE(keeps("HTTP/1.0", ""));
  CHECK(keeps("HTTP/1.0", "Connection: Keep-Alive\r\n"));
}

TEST_CASE("an upgrade wants both headers and HTTP/1.1") {
  const auto upgrades = [](const std::string &version, const std::string &headers) {
    return parse(request("GET / " + version, "Host: a\r\n" + headers)).find(" upgrade\n") != std::string::npos;
  };
  CHECK(upgrades("HTTP/1.1", "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"));
  CHECK_FALSE(upgrades("HTTP/1.1", "Upgrade: websocket\r\n"));
  CHECK_FALSE(upgrades("HTTP/1.1", "Connection: upgrade\r\n"));
  CHECK_FALSE(upgrades("HTTP/1.0", "Connection: upgrade\r\nUpgrade: websocket\r\n"));
}

TEST_CASE("a client that expects 100-continue is told apart, other expectations are refused") {
  CHECK(parse(with("Expect: 100-Continue\r\nContent-Length: 1\r\n", "x")).find(" body expect length") !=
        std::string::npos);
  CHECK(parse(with("Expect: 100-continue\r\n")).find("keep expect") == std::string::npos);
  refused(417, with("Expect: the-spanish-inquisition\r\n"));
  refused(417, with("Expect: 100-continue\r\nExpect: 100-continue\r\n"));
  CHECK(parse(request("GET / HTTP/1.0", "Expect: anything\r\n")).find("complete") != std::string::npos);
}

TEST_CASE("lengths that two servers could read differently are refused") {
  refused(400, with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"));
  refused(400, with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"));
  refused(400, with("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"));
  refused(400, with("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"));
  for (const std::string value : {"", "+5", "-5", "0x5", "5, 5", "5,6", "5 5", "5;", "five", "5.0", "\"5\"", "5\x0b"}) {
    CAPTURE(value);
    refused(400, with("Content-Length: " + value + "\r\n", "hello"));
  }
  refused(413, with("Content-Length: 9999999999999999999\r\n"));
  refused(400, with("Content-Length: 99999999999999999999999\r\n"));
}

TEST_CASE("only the transfer coding chunked is understood, alone and once") {
  for (const std::string value : {"xchunked", "chunkedx", "identity", "chunked, gzip", "chunked, chunked",
                                  "\"chunked\"", "", "chunked;q=1", ",", "chunked,", ", chunked, chunked"}) {
    CAPTURE(value);
    refused(400, with("Transfer-Encoding: " + value + "\r\n", "0\r\n\r\n"));
  }
  refused(501, with("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"));
  refused(501, with("Transfer-Encoding: gzip, deflate, chunked\r\n", "0\r\n\r\n"));
  refused(400, with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"));
  refused(400, with("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"));
  refused(400, with("Transfer-Encoding:\x0b"
                    "chunked\r\n",
                    "0\r\n\r\n"));
  refused(400, request("POST / HTTP/1.0", "Host: a\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"));
}

TEST_CASE("lines that are not strictly headers are refused") {
  refused(400, with("X: a\r\n b\r\n"));
  refused(400, request("GET / HTTP/1.1", " Host: a\r\n"));
  refused(400, with("X: a\r\n\tb\r\n"));
  refused(400, with("X : a\r\n"));
  refused(400, with("X\t: a\r\n"));
  refused(400, with(": a\r\n"));
  refused(400, with("no colon\r\n"));
  refused(400, with("X(y): a\r\n"));
  refused(400, with("X: a\nY: b\r\n"));
  refused(400, with("X: a\rY: b\r\n"));
  refused(400, with("X: a\r\r\n"));
  refused(400, with(std::string("X: a\0b\r\n", 9)));
  refused(400, with("X: a\x01\r\n"));
  refused(400, with("X: a\x7f\r\n"));
  refused(400, with("X\xc3\xa4: a\r\n"));
  refused(400, "GET / HTTP/1.1\nHost: a\n\n");
  refused(400, "GET / HTTP/1.1\r\nHost: a\r\n\n");
  CHECK(parse(with("X: \xc3\xa4\ty\r\nEmpty:\r\n")).find("  x=[\xc3\xa4\ty]\n  empty=[]") != std::string::npos);
}

TEST_CASE("request lines that are not HTTP/1 are refused") {
  refused(400, "GET /\r\n\r\n");
  refused(400, "GET\r\n\r\n");
  refused(400, request("GET  / HTTP/1.1", "Host: a\r\n"));
  refused(400, request("GET / HTTP/1.1 ", "Host: a\r\n"));
  refused(400, request("GET / x HTTP/1.1", "Host: a\r\n"));
  refused(400, request("GET\t/ HTTP/1.1", "Host: a\r\n"));
  refused(400, request("G(T / HTTP/1.1", "Host: a\r\n"));
  refused(400, request("GET / http/1.1", "Host: a\r\n"));
  refused(400, request("GET / HTTP/1.1x", "Host: a\r\n"));
  refused(400, request("GET / HTTP/11", "Host: a\r\n"));
  refused(400, request("GET / HTTP/x.1", "Host: a\r\n"));
  refused(400, request("GET /a#b HTTP/1.1", "Host: a\r\n"));
  refused(400, request("GET /a\x01 HTTP/1.1", "Host: a\r\n"));
  refused(400, request(std::string("GET /a\0 HTTP/1.1", 16), "Host: a\r\n"));
  refused(400, request(std::string(100, 'A') + " / HTTP/1.1", "Host: a\r\n"));
  refused(505, request("GET / HTTP/1.2", "Host: a\r\n"));
  refused(505, request("GET / HTTP/3.0", "Host: a\r\n"));
  CHECK(refusal("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == "error 505 HTTP/2 is not spoken here, only HTTP/1.1");
}

TEST_CASE("unknown methods and odd percent signs are the business of whoever answers") {
  CHECK(parse(request("BREW /%zz/%2e%2E/\xff?%00 HTTP/1.1", "Host: a\r\n"))
            .starts_with("BREW [/%zz/%2e%2E/\xff] [%00] 1.1"));
  CHECK(parse(request("GET /a?b?c HTTP/1.1", "Host: a\r\n")).starts_with("GET [/a] [b?c]"));
}

TEST_CASE("absolute targets give their path and must name the host") {
  CHECK(parse(request("GET http://A:80/p?q HTTP/1.1", "Host: a\r\n")).starts_with("GET [/p] [q]"));
  CHECK(parse(request("GET http://a HTTP/1.1", "Host: a\r\n")).starts_with("GET [/] []"));
  CHECK(parse(request("GET http://a?q HTTP/1.1", "Host: a\r\n")).starts_with("GET [/] [q]"));
  CHECK(parse(request("OPTIONS http://a HTTP/1.1", "Host: a\r\n")).starts_with("OPTIONS [*] []"));
  CHECK(parse(request("OPTIONS * HTTP/1.1", "Host: a\r\n")).starts_with("OPTIONS [*] []"));
  refused(400, request("GET http://b/ HTTP/1.1", "Host: a\r\n"));
  refused(400, request("GET http://a:81/ HTTP/1.1", "Host: a\r\n"));
  refused(400, request("GET http://u@a/ HTTP/1.1", "Host: a\r\n"));
  refused(400, request("GET ftp://a/ HTTP/1.1", "Host: a\r\n"));
  refused(400, request("GET http:///p HTTP/1.1", "Host: a\r\n"));
  refused(400, request("GET * HTTP/1.1", "Host: a\r\n"));
  refused(400, request("GET a:80 HTTP/1.1", "Host: a\r\n"));
  refused(400, request("GET p HTTP/1.1", "Host: a\r\n"));
  refused(501, request("CONNECT a:80 HTTP/1.1", "Host: a:80\r\n"));
}

TEST_CASE("HTTP/1.1 wants exactly one Host that is one") {
  refused(400, "GET / HTTP/1.1\r\n\r\n");
  refused(400, request("GET / HTTP/1.1", "Host: a\r\nHost: a\r\n"));
  refused(400, request("GET / HTTP/1.0", "Host: a\r\nHost: b\r\n"));
  for (const std::string host :
       {"a b", "a,b", "u@a", "a/", "a:port", "a:99999", "[::1", "[x]", "a:80:80", "http://a"}) {
    CAPTURE(host);
    refused(400, request("GET / HTTP/1.1", "Host: " + host + "\r\n"));
  }
  for (const std::string host : {"", "a_b.internal", "[::1]:6001", "127.0.0.1", "a:"}) {
    CAPTURE(host);
    CHECK(parse(request("GET / HTTP/1.1", "Host: " + host + "\r\n")).find("complete") != std::string::npos);
  }
  CHECK(parse("GET / HTTP/1.0\r\n\r\n").find("complete") != std::string::npos);
}

TEST_CASE("targets, headers and their number are bounded") {
  const HttpParser::Limits roomy{1 << 20, 1000};
  const std::string long_target =
      "GET /" + std::string(limits::kHttpRequestLineMax, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
  HttpTranscript run(roomy);
  run.feed(long_target);
  CHECK(run.take() == "error 414 the request line is too long\n");
  HttpTranscript unfinished(roomy);
  unfinished.feed(std::string_view(long_target).substr(0, limits::kHttpRequestLineMax + 2));
  CHECK(unfinished.take() == "error 414 the request line is too long\n");

  const HttpParser::Limits narrow{200, 1000};
  CHECK(refusal("GET /" + std::string(300, 'a'), narrow).starts_with("error 414"));
  CHECK(refusal(with("X: " + std::string(300, 'a') + "\r\n"), narrow).starts_with("error 431"));
  const std::string fits = with("X: " + std::string(200 - with("X: \r\n").size(), 'a') + "\r\n");
  CHECK(fits.size() == 200);
  CHECK(parse(fits, narrow).find("complete") != std::string::npos);
  CHECK(
      refusal(with("X: " + std::string(201 - with("X: \r\n").size(), 'a') + "\r\n"), narrow).starts_with("error 431"));

  std::string many;
  for (size_t i = 1; i < limits::kHttpHeadersMax; ++i) many += "A: b\r\n";
  CHECK(parse(with(many)).find("complete") != std::string::npos);
  CHECK(refusal(with(many + "A: b\r\n")) == "error 431 too many headers");
}

TEST_CASE("bodies are bounded before they are read") {
  CHECK(refusal(with("Content-Length: 1001\r\n")) == "error 413 the body is too big");
  CHECK(refusal(with("Transfer-Encoding: chunked\r\n", "3e9\r\n")) == "error 413 the body is too big");
  CHECK(refusal(with("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n3e4\r\n")) == "error 413 the body is too big");
  CHECK(refusal(with("Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n")) == "error 413 the body is too big");
  CHECK(refusal(with("Transfer-Encoding: chunked\r\n", "10000000000000000\r\n")).starts_with("error 413"));
  CHECK(parse(with("Content-Length: 1000\r\n", std::string(1000, 'x'))).find("complete") != std::string::npos);

  HttpParser parser({4096, 1000});
  const std::string bytes = with("Content-Length: 1001\r\n", std::string(1001, 'x'));
  const HttpParser::Step head = parser.next(bytes);
  REQUIRE(head.kind == HttpParser::Kind::head);
  parser.set_body_max(2000);
  const HttpParser::Step body = parser.next(std::string_view(bytes).substr(head.consumed));
  CHECK(body.kind == HttpParser::Kind::body);
  CHECK(body.body.size() == 1001);
}

TEST_CASE("chunks are strict") {
  const auto chunks = [](const std::string &body) { return with("Transfer-Encoding: chunked\r\n", body); };
  for (const std::string body :
       {"0x5\r\nhello\r\n", "+5\r\nhello\r\n", "-1\r\n", " 5\r\nhello\r\n", "5 \r\nhello\r\n", "\r\n", "g\r\n",
        "5\nhello\r\n", "5\rhello\r\n", "5\r\nhelloX\r\n", "5\r\nhello\n", "5\r\nhello\rX", "5;a\x01\r\nhello\r\n",
        "5x\r\nhello\r\n", "0\r\n bad: folded\r\n\r\n", "0\r\nno colon\r\n\r\n", "0\r\nA : b\r\n\r\n", "0\r\n\n",
        "5;a\nb\r\nhello\r\n"}) {
    CAPTURE(body);
    refused(400, chunks(body));
  }
  refused(400, chunks("5;" + std::string(limits::kHttpChunkLineMax, 'a')));
  std::string extended;
  for (size_t i = 0; i < limits::kHttpChunkExtraMax / 1000 + 1; ++i)
    extended += "1;" + std::string(1000, 'e') + "\r\nx\r\n";
  CHECK(http_transcript(chunks(extended)).find("error 400 too many bytes in chunk extensions") != std::string::npos);
  std::string trailers = "0\r\n";
  for (int i = 0; i < 100; ++i) trailers += "X: " + std::string(100, 't') + "\r\n";
  CHECK(http_transcript(chunks(trailers)).find("error 431 the trailers are too long") != std::string::npos);
  CHECK(parse(chunks("5 ; a=b\r\nhello\r\n0;last\r\n\r\n")).find("(hello)\ncomplete") != std::string::npos);
}

TEST_CASE("TLS on a plain port is told so, and other first bytes are refused at once") {
  CHECK(refusal(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)).find("began with TLS") !=
        std::string::npos);
  CHECK(refusal(std::string(1, '\0')).starts_with("error 400"));
  CHECK(refusal("{\"json\":1}").starts_with("error 400"));
  CHECK(refusal("\nGET / HTTP/1.1\r\n").starts_with("error 400"));
}

TEST_CASE("an empty line or two before a request are forgiven") {
  CHECK(parse("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n\r\n").find("complete\nleft 2") != std::string::npos);
  CHECK(parse("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n").find("complete") != std::string::npos);
  refused(400, "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
}

TEST_CASE("an error stays an error") {
  HttpParser parser({4096, 1000});
  CHECK(parser.next("\x16").status == 400);
  CHECK(parser.next("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 400);
  parser.reset({4096, 1000});
  CHECK(parser.next("GET / HTTP/1.1\r\nHost: a\r\n\r\n").kind == HttpParser::Kind::head);
}

TEST_CASE("a sender of single bytes costs no more than its bytes") {
  // A megabyte of one header, a byte at a time: scanning from the start each time would look at 500 GB.
  const HttpParser::Limits roomy{1 << 20, 1000};
  const std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string((1 << 20) - 100, 'x') + "\r\n\r\n";
  HttpParser parser(roomy);
  for (size_t size = 1; size < bytes.size(); ++size)
    REQUIRE(parser.next(std::string_view(bytes).substr(0, size)).kind == HttpParser::Kind::need_more);
  CHECK(parser.next(bytes).kind == HttpParser::Kind::head);
  CHECK(parser.head().header("x").size() == (1 << 20) - 100);
}
