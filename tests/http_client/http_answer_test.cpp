#include "core/net/http_answer.hpp"

#include <doctest/doctest.h>

#include "tests/http_client/answer_transcript.hpp"

using namespace signalbox::net::testing;

namespace {

// However it is cut, the same is read.
std::string read(std::string_view bytes, const AnswerCase &given = {}) {
  const std::string whole = answer_transcript(bytes, given);
  for (const size_t piece : {1, 2, 3, 7, 64}) CHECK(answer_transcript(bytes, given, piece) == whole);
  return whole;
}
bool starts(const std::string &text, std::string_view with) { return text.starts_with(with); }

}  // namespace

TEST_CASE("an answer ends as its headers say: by length, by chunks, or with the connection") {
  CHECK(read("HTTP/1.1 200 OK\r\nContent-Type: a\r\nContent-Length: 3\r\n\r\nabc") ==
        "200 content-type=a content-length=3 [abc]");
  CHECK(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: u\r\n\r\n") ==
        "200 transfer-encoding=Chunked [abcde]");
  CHECK(read("HTTP/1.0 200 OK\r\nX:  y \r\n\r\nabc") == "200 x=y [abc] at the end");
  CHECK(read("HTTP/1.1 500 \r\nContent-Length: 0\r\n\r\n") == "500 content-length=0 []");
  CHECK(read("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\nrubbish behind it") ==
        "302 location=/x content-length=0 []");
}

TEST_CASE("answers that never have a body are whole with their head") {
  CHECK(read("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n") == "204 content-length=5 []");
  CHECK(read("HTTP/1.1 304 Not Modified\r\n\r\n") == "304 []");
  CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", {.to_head = true}) == "200 content-length=5000 []");
  CHECK(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", {.to_head = true}) ==
        "200 transfer-encoding=chunked []");
}

TEST_CASE("interim answers are passed over, but not without end") {
  CHECK(read("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
             "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na") == "200 content-length=1 [a]");
  CHECK(starts(read("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), "malformed"));
  std::string endless;
  for (int i = 0; i < 200; ++i) endless += "HTTP/1.1 100 Continue\r\n\r\n";
  CHECK(read(endless) == "too big: the head of the answer is too long");
}

TEST_CASE("an answer that ends early is not an answer") {
  CHECK(read("") == "cut off: the server closed the connection without an answer");
  const std::string cut = "cut off: the connection ended before the answer was whole";
  CHECK(read("HTTP/1.1 200 OK\r\nContent-Le") == cut);
  CHECK(read("HTTP/1.1 100 Continue\r\n\r\n") == cut);
  CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc") == cut);
  CHECK(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n") == cut);
  CHECK(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n") == cut);
  CHECK(read("HTTP/1.1 200 OK\r\n\r\nabc", {.orderly = false}) == cut);
}

TEST_CASE("an answer whose length can be read in two ways is refused") {
  CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc").starts_with("malformed"));
  CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc").starts_with("malformed"));
  CHECK(starts(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), "malformed"));
  CHECK(starts(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc"), "malformed"));
  CHECK(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
            .starts_with("malformed"));
  CHECK(starts(read("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "malformed"));
  for (const char *length : {"-1", "+3", "0x3", "3 3", "", "3,3"})
    CHECK_MESSAGE(
        starts(read("HTTP/1.1 200 OK\r\nContent-Length: " + std::string(length) + "\r\n\r\nabc"), "malformed"), length);
}

TEST_CASE("what is not HTTP is refused") {
  for (const char *bytes :
       {"SSH-2.0-OpenSSH\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 099 X\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\na b: c\r\n\r\n", "\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"})
    CHECK_MESSAGE(starts(read(bytes), "malformed"), bytes);
}

TEST_CASE("an answer has its bounds") {
  const std::string big = "too big: the answer's body is larger than allowed";
  const AnswerCase three{.limits = {200, 3}};
  CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", three) == "200 content-length=3 [abc]");
  CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd", three) == big);
  CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 999999999999999999\r\n\r\n", three) == big);
  CHECK(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n", three) == big);
  CHECK(read("HTTP/1.1 200 OK\r\n\r\nabcd", three) == big);
  CHECK(read("HTTP/1.1 200 OK\r\nX: " + std::string(200, 'x') + "\r\n\r\n", three) ==
        "too big: the head of the answer is too long");
  std::string many = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 129; ++i) many += "X: y\r\n";
  CHECK(starts(read(many + "\r\n"), "malformed"));
}
