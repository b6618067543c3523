#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "plugins/sources/redis/resp_reader.hpp"
#include "redis_fixture.hpp"

using redis::Reply;
using redis::RespReader;

namespace {

// All replies of a conversation as text, fed in pieces of at most `piece` bytes; "!..." for what broke it.
std::vector<std::string> read(std::string_view bytes, size_t piece = 1u << 20, size_t bulk_max = 100) {
  RespReader r(bulk_max);
  std::vector<std::string> out;
  while (!bytes.empty()) {
    std::string_view input = bytes.substr(0, piece);
    bytes.remove_prefix(input.size());
    for (;;) {
      auto step = r.next(input);
      if (step == RespReader::Step::kMore) break;
      if (step == RespReader::Step::kBroken) {
        out.push_back("!" + r.error());
        return out;
      }
      std::string text = "+-:$_*"[static_cast<size_t>(r.reply().type)] + std::string();
      for (size_t i = 0; i < r.reply().count; ++i) text += (i ? "," : "") + r.reply().fields[i];
      if (r.reply().too_big) text += " too big: " + std::to_string(r.reply().size);
      out.push_back(text);
    }
  }
  return out;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("every kind of reply, in pieces of any size") {
  const std::string talk =
      "+OK\r\n-ERR no\r\n:42\r\n$5\r\nhello\r\n$-1\r\n*0\r\n*-1\r\n*2\r\n$4\r\npong\r\n$0\r\n\r\n" +
      redis_test::pmessage("*", "c", "a\r\nb");
  const Texts want = {"+OK", "-ERR no", ":42", "$hello", "_", "*", "_", "*pong,", "*pmessage,*,c,a\r\nb"};
  for (size_t piece = 1; piece <= talk.size(); ++piece) CHECK(read(talk, piece) == want);
}

TEST_CASE("a payload over the limit is passed over, whatever its size, and what follows is read") {
  for (size_t size : {100u, 101u, 5000u, 70000u}) {
    const std::string talk = redis_test::message("c", std::string(size, 'x')) + redis_test::message("c", "next");
    for (size_t piece : {1u, 7u, 4096u, 1000000u}) {
      Texts got = read(talk, piece);
      REQUIRE(got.size() == 2);
      if (size == 100)
        CHECK(got[0] == "*message,c," + std::string(100, 'x'));
      else
        CHECK(got[0] == "*message,c, too big: " + std::to_string(size));
      CHECK(got[1] == "*message,c,next");
    }
  }
}

TEST_CASE("a size nobody could send is not waited for in memory") {
  RespReader r(100);
  std::string head = "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$9000000000000000000\r\n";
  std::string_view input = head;
  CHECK(r.next(input) == RespReader::Step::kMore);
  const std::string block(1u << 20, 'x');
  for (int i = 0; i < 64; ++i) {
    input = block;
    CHECK(r.next(input) == RespReader::Step::kMore);
    CHECK(input.empty());
  }
}

TEST_CASE("limits on lines, elements and nesting") {
  CHECK(read("+" + std::string(70000, 'x'), 4096)[0] == "!a line without end");
  CHECK(read("*5\r\n")[0] == "!an array of 5 elements");
  CHECK(read("*1000000000\r\n")[0] == "!an array of 1000000000 elements");
  CHECK(read("*1\r\n*1\r\n:1\r\n")[0] == "!an array inside an array");
  CHECK(read("$5000\r\n")[0] == "!a reply that is too long");
  CHECK(read("$101\r\n" + std::string(101, 'x') + "\r\n")[0] == "!a reply that is too long");
}

TEST_CASE("a field over the limit before the last one costs the message, not the connection") {
  for (size_t size : {101u, 70000u}) {
    const std::string talk = redis_test::pmessage("*", std::string(size, 'c'), "payload") +
                             redis_test::pmessage(std::string(size, 'p'), std::string(size, 'c'), "x") +
                             redis_test::message("c", "next");
    for (size_t piece : {1u, 7u, 4096u, 1000000u})
      CHECK(read(talk, piece) == Texts{"*pmessage,*,,payload too big: " + std::to_string(size),
                                       "*pmessage,,,x too big: " + std::to_string(size), "*message,c,next"});
  }
}

TEST_CASE("what is not RESP breaks it, and it stays broken") {
  for (const char *text : {"HTTP/1.1 400 Bad Request\r\n", "\r\n", "$x\r\n", "$-2\r\n", "*x\r\n", ">3\r\n"})
    CHECK(read(text)[0][0] == '!');
  RespReader r(100);
  std::string_view input = "?";
  CHECK(r.next(input) == RespReader::Step::kBroken);
  input = "+OK\r\n";
  CHECK(r.next(input) == RespReader::Step::kBroken);
}
