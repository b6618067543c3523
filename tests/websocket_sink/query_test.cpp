#include "plugins/sinks/websocket/query.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using websocket::read_query;
using Names = std::vector<std::string>;

TEST_CASE("channels are decoded, each taken once, in order; other fields are not ours") {
  const auto q = read_query("channel=pay.7&token=x&channel=a%20b+%C3%A4&since=C%2Dd&channel=pay.7&=&&channels=z", 9);
  CHECK(q.channels == Names{"pay.7", "a b \u00e4"});
  CHECK(q.since == "C-d");
  CHECK(q.bad == 0);
  CHECK(q.over == 0);
}

TEST_CASE("what cannot be a name, and what is too much, is counted") {
  const auto q = read_query(
      "channel=&channel&channel=%ff&channel=" + std::string(1025, 'c') + "&channel=a&channel=b&channel=a&channel=c", 2);
  CHECK(q.channels == Names{"a", "b"});
  CHECK(q.bad == 4);
  CHECK(q.over == 1);
}

TEST_CASE("a percent sign that begins no escape stands for itself") {
  CHECK(read_query("channel=%&channel=%4&channel=%zz&channel=100%25", 9).channels == Names{"%", "%4", "%zz", "100%"});
}
