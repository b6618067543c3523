#include <doctest/doctest.h>

#include "plugins/sinks/socketio/jsonp.hpp"
#include "plugins/sinks/socketio/query.hpp"

using namespace socketio;

TEST_CASE("fields of a query are found and decoded") {
  CHECK(query_value("EIO=4&transport=polling&sid=a-b_c", "sid") == "a-b_c");
  CHECK(query_value("a=%20+%e2%82%ac%zz%", "a") == "  \u20ac%zz%");
  CHECK(query_value("a&b=", "a") == "");
  CHECK(query_value("x=1=2&x=3", "x") == "1=2");
  CHECK_FALSE(query_value("abc=1", "a"));
  CHECK_FALSE(query_value("", "a"));
}

TEST_CASE("a query becomes an object of strings") {
  CHECK(query_object("token=a%22b&n=1&token=again") == R"({"token":"a\"b","n":"1"})");
  CHECK(query_object("") == "{}");
  CHECK(query_object("bad=%ff&good=1") == R"({"good":"1"})");
}

TEST_CASE("a JSONP answer calls the client's function and nothing else") {
  CHECK(jsonp_script("3", "2:40") == "___eio[3](\"2:40\");");
  CHECK(jsonp_script("1];alert(1);x[2", "a") == "___eio[112](\"a\");");
  CHECK(jsonp_script("", "\u2028</script>\"") == "___eio[0](\"\\u2028</script>\\\"\");");
}

TEST_CASE("a JSONP form gives back the newlines that the client had") {
  CHECK(jsonp_payload("d=6:4hello") == "6:4hello");
  CHECK(jsonp_payload("d=10%3A42%5B%22a%22%5D") == "10:42[\"a\"]");
  CHECK(jsonp_payload("d=a%5Cnb") == "a\nb");      // \n: a newline
  CHECK(jsonp_payload("d=a%5C%5Cnb") == "a\\nb");  // \\n: the two characters of JSON
  CHECK(jsonp_payload("d=%5C%5C%5Cn") == "\\\\n");
  CHECK_FALSE(jsonp_payload("e=1"));
  CHECK_FALSE(jsonp_payload("d=%ff"));
  CHECK_FALSE(jsonp_payload(""));
}
