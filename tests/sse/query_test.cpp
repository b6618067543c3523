#include "plugins/sinks/sse/query.hpp"

#include <doctest/doctest.h>

#include "plugins/sinks/sse/text.hpp"

using sse::parse_query;
using Channels = std::vector<std::string>;

namespace {

std::string problem(std::string_view query, size_t channels_max = 100) {
  return parse_query(query, channels_max).problem;
}

}  // namespace

TEST_CASE("a query names channels, a cursor, a form and how long to wait") {
  const auto parsed = parse_query("channel=pay.7&channel=news&since=AbC-_1&format=envelope&wait=25&token=x", 100);
  CHECK(parsed.problem.empty());
  CHECK(parsed.query.channels == Channels{"pay.7", "news"});
  CHECK(parsed.query.since == "AbC-_1");
  CHECK(parsed.query.envelope);
  CHECK(parsed.query.wait_s == 25);
}

TEST_CASE("what is left out has its plain meaning") {
  const auto parsed = parse_query("channel=a&since=&format=", 100);
  CHECK(parsed.problem.empty());
  CHECK(parsed.query.since.empty());
  CHECK_FALSE(parsed.query.envelope);
  CHECK(parsed.query.wait_s == 0);
}

TEST_CASE("names are percent-decoded, once and strictly") {
  CHECK(parse_query("channel=a%20b+c%2526%3d", 9).query.channels == Channels{"a b c%26="});
  CHECK(parse_query("channel=%E6%94%AF%E4%BB%98", 9).query.channels == Channels{"\u652f\u4ed8"});
  for (const char *bad : {"channel=%", "channel=a%2", "channel=%zz", "channel=%2g"}) {
    CAPTURE(bad);
    CHECK(problem(bad).find("%25") != std::string::npos);
  }
}

TEST_CASE("no channel is told what to do") {
  for (const char *none : {"", "&&&", "since=x", "chanel=a", "Channel=a"})
    CHECK(problem(none) == "name at least one channel in the query, as in ?channel=news");
  CHECK(problem("channel=") == "a channel in the query has no name; write ?channel=news");
  CHECK(problem("channel") == problem("channel="));
}

TEST_CASE("names that are no text are refused") {
  for (const char *bad : {"channel=a%00b", "channel=a%0Ab", "channel=%0d", "channel=%7f", "channel=%ff",
                          "channel=%C0%80", "channel=%ED%A0%80"}) {
    CAPTURE(bad);
    CHECK(problem(bad).find("UTF-8") != std::string::npos);
  }
  CHECK(problem("channel=" + std::string(sse::kChannelBytesMax, 'x')).empty());
  CHECK(problem("channel=" + std::string(sse::kChannelBytesMax + 1, 'x')).find("1024") != std::string::npos);
}

TEST_CASE("a channel that is named twice counts once") {
  const auto parsed = parse_query("channel=a&channel=b&channel=a&channel=%61", 2);
  CHECK(parsed.problem.empty());
  CHECK(parsed.query.channels == Channels{"a", "b"});
}

TEST_CASE("channels and fields have a limit") {
  CHECK(problem("channel=a&channel=b", 2).empty());
  CHECK(problem("channel=a&channel=b&channel=c", 2) == "one request may name at most 2 channels");
  std::string many = "channel=a";
  for (int i = 0; i < 300; ++i) many += "&x=1";
  CHECK(problem(many) == "the query has too many fields");
}

TEST_CASE("no cursor is an error, whatever it looks like") {
  for (const char *odd : {"%", "%zz", "%00%0a", "a+b", "....", "\xff"}) {
    const auto parsed = parse_query("channel=a&since=" + std::string(odd), 9);
    CHECK(parsed.problem.empty());
    CHECK_FALSE(parsed.query.since.empty());
  }
  CHECK(parse_query("channel=a&since=" + std::string(9999, 'x'), 9).query.since.size() < 100);
}

TEST_CASE("as many cursors as channels are for one each") {
  const auto each = parse_query("channel=a&channel=b&channel=c&since=one&since=&since=three", 3).query;
  CHECK(each.since_of(0) == "one");
  CHECK(each.since_of(1).empty());
  CHECK(each.since_of(2) == "three");
  const auto twice = parse_query("channel=a&since=one&channel=a&since=two&channel=b&since=three", 2).query;
  CHECK(twice.since_of(0) == "one");
  CHECK(twice.since_of(1) == "three");
  const auto all = parse_query("channel=a&channel=b&since=one", 3).query;
  for (size_t i : {0, 1}) CHECK(all.since_of(i) == "one");
  // Whose they are cannot be told, and with a cursor that is another's events would be lost.
  for (const char *odd : {"channel=a&channel=b&channel=c&since=one&since=two", "channel=a&since=one&since=two",
                          "channel=a&channel=b&since=&since=&since="})
    CHECK(problem(odd) == "give one since for all channels, or one for each of them");
}

TEST_CASE("waiting is whole seconds") {
  CHECK(parse_query("channel=a&wait=0", 9).query.wait_s == 0);
  CHECK(parse_query("channel=a&wait=99999999999999999999", 9).query.wait_s == 1'000'000);
  for (const char *bad : {"wait=", "wait=x", "wait=-1", "wait=2.5", "wait=25s", "wait=%31"}) {
    CAPTURE(bad);
    CHECK(problem("channel=a&" + std::string(bad)) == "wait is a whole number of seconds, as in wait=25");
  }
}

TEST_CASE("a form that does not exist is named") {
  CHECK(problem("channel=a&format=json") == "format is envelope, or left out");
}

TEST_CASE("a token is shown to whoever admits, as a JSON string") {
  CHECK(parse_query("channel=a&token=t%20%22x%22", 9).query.auth == R"("t \"x\"")");
  CHECK(parse_query("channel=a", 9).query.auth.empty());
  CHECK(parse_query("channel=a&token=", 9).query.auth == "\"\"");
  for (const std::string &bad : {std::string("token=%ff"), std::string("token=%2"), "token=" + std::string(16384, 'x')})
    CHECK(problem("channel=a&" + bad).find("16 KiB") != std::string::npos);
  CHECK(problem("channel=a&token=a&token=b") == "give one token for all channels");
}
