#include "core/net/http_response.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/net/http_date.hpp"
#include "tests/net/http_transcript.hpp"

using namespace signalbox;
using namespace signalbox::net;

namespace {

struct Answer {
  HttpResponseHead head;
  std::vector<HttpHeader> headers;

  std::string text() {
    const std::vector<HeaderView> views(headers.begin(), headers.end());
    head.headers = views;
    std::string out;
    const Status status = encode_response_head(out, head);
    if (!status.ok()) CHECK(out.empty());
    return status.ok() ? out : "error: " + status.message();
  }
};

bool refused(const HttpHeader &header, int status = 200) {
  Answer answer;
  answer.head.status = status;
  answer.headers = {header};
  return answer.text().starts_with("error: ");
}

}  // namespace

TEST_CASE("a head has its line, date, headers and framing") {
  Answer answer;
  answer.head.content_length = 5;
  answer.head.date = "Sun, 06 Nov 1994 08:49:37 GMT";
  answer.headers = {{"Content-Type", "text/plain"}};
  CHECK(answer.text() ==
        "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
        "Connection: keep-alive\r\n\r\n");
  answer.headers.push_back({"date", "mine"});
  answer.head.keep_alive = false;
  CHECK(answer.text() ==
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\ndate: mine\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
}

TEST_CASE("a body of unknown length goes in chunks, or ends with the connection") {
  Answer answer;
  answer.head.chunked = true;
  CHECK(answer.text() == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n");
  answer.head.chunked = false;
  CHECK(answer.text() == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
}

TEST_CASE("answers without a body say nothing about its length") {
  for (const int status : {204, 304}) {
    Answer answer;
    answer.head.status = status;
    answer.head.content_length = 0;
    CHECK(answer.text().ends_with("\r\nConnection: keep-alive\r\n\r\n"));
    CHECK(answer.text().find("Content-Length") == std::string::npos);
  }
  Answer upgrade;
  upgrade.head.status = 101;
  upgrade.headers = {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}};
  CHECK(upgrade.text() == "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  Answer wanted;
  wanted.head.status = 426;
  wanted.head.content_length = 0;
  wanted.headers = {{"Upgrade", "websocket"}};
  CHECK(wanted.text().find("\r\nConnection: keep-alive, upgrade\r\n") != std::string::npos);
}

TEST_CASE("nobody smuggles a line or a length into a head") {
  CHECK(refused({"X", "a\r\nSet-Cookie: b"}));
  CHECK(refused({"X", "a\nb"}));
  CHECK(refused({"X", std::string("a\0b", 3)}));
  CHECK(refused({"X\r\nY", "a"}));
  CHECK(refused({"X Y", "a"}));
  CHECK(refused({"", "a"}));
  CHECK(refused({"content-length", "5"}));
  CHECK(refused({"Transfer-Encoding", "chunked"}));
  CHECK(refused({"Connection", "close"}));
  CHECK(refused({"Content-Length", "5"}, 101));
  CHECK_FALSE(refused({"X", "a\tb \xc3\xa4"}));
  Answer answer;
  answer.head.status = 20;
  CHECK(answer.text().starts_with("error: "));
  answer.head.status = 200;
  answer.head.date = "a\r\nb";
  CHECK(answer.text().starts_with("error: "));
}

TEST_CASE("phrases are the registered ones") {
  CHECK(reason_phrase(404) == "Not Found");
  CHECK(reason_phrase(431) == "Request Header Fields Too Large");
  CHECK(reason_phrase(511) == "Network Authentication Required");
  CHECK(reason_phrase(100) == "Continue");
  CHECK(reason_phrase(299) == "Status");
  CHECK(reason_phrase(999) == "Status");
}

TEST_CASE("chunks are read back by the parser") {
  std::string body;
  append_chunk(body, "hello");
  append_chunk(body, "");
  append_chunk(body, std::string(300, 'x'));
  body += kLastChunk;
  const std::string text =
      testing::http_transcript("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
  CHECK(text.find("(hello" + std::string(300, 'x') + ")\ncomplete\nleft 0") != std::string::npos);
  char header[kChunkHeaderMax];
  CHECK(std::string(header, encode_chunk_header(header, UINT64_MAX)) == "ffffffffffffffff\r\n");
}

TEST_CASE("dates are IMF-fixdate and made once a second") {
  CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  HttpDateCache cache;
  CHECK(cache.text(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  const char *const made = cache.text(784111777).data();
  CHECK(cache.text(784111777).data() == made);
  CHECK(cache.text(784111778) == "Sun, 06 Nov 1994 08:49:38 GMT");
}
