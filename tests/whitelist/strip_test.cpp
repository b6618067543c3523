#include "plugins/filters/whitelist/strip.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "plugins/shared/pattern/pattern.hpp"
#include "reference.hpp"

using whitelist::PointerTrie;
using whitelist::Stripped;
using whitelist::Stripper;

namespace {

PointerTrie trie(const std::vector<std::string> &pointers) {
  PointerTrie t;
  for (const auto &p : pointers) REQUIRE(t.add(p).empty());
  return t;
}

std::string left(std::string_view data, const std::vector<std::string> &pointers) {
  Stripper s;
  std::string out;
  switch (s.strip(data, trie(pointers), out)) {
    case Stripped::kUnchanged:
      return "unchanged";
    case Stripped::kChanged:
      return out;
    case Stripped::kNotJson:
      return "not json";
    case Stripped::kTooDeep:
      break;
  }
  return "too deep";
}

}  // namespace

TEST_CASE("patterns: any run, one character, nothing else is special") {
  CHECK(pattern::matches("*", ""));
  CHECK(pattern::matches("pay.*", "pay.7"));
  CHECK(pattern::matches("pay.*", "pay."));
  CHECK_FALSE(pattern::matches("pay.*", "pay"));
  CHECK(pattern::matches("*.done", "payment.done"));
  CHECK(pattern::matches("a*b*c", "aXbbXcXc"));
  CHECK(pattern::matches("?", "x"));
  CHECK(pattern::matches("?", "\xE4\xB8\xAD"));  // one character, three bytes
  CHECK_FALSE(pattern::matches("?", "\xE4\xB8\xAD\xE4\xB8\xAD"));
  CHECK_FALSE(pattern::matches("?", ""));
  CHECK(pattern::matches("App\\Events\\*", "App\\Events\\OrderPaid"));
  CHECK(pattern::matches("[a]", "[a]"));
  CHECK_FALSE(pattern::matches("[a]", "a"));
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  CHECK_FALSE(pattern::matches(pattern + "b", std::string(3000, 'a')));
}

TEST_CASE("pointers are read as RFC 6901 says") {
  CHECK(left(R"({"a/b":1,"m~n":2,"c":3})", {"/a~1b", "/m~0n"}) == R"({"a/b":1,"m~n":2})");
  CHECK(left(R"({"":1,"a":2})", {"/"}) == R"({"":1})");
  CHECK(left(R"({"~1":1,"/":2})", {"/~01"}) == R"({"~1":1})");
  PointerTrie t;
  CHECK(t.add("id") == "a JSON pointer begins with '/': write '/id'");
  CHECK_FALSE(t.add("/a~").empty());
  CHECK_FALSE(t.add("/a~2").empty());
  CHECK_FALSE(t.add("/a/b~").empty());
  CHECK(t.root().named.empty());
  CHECK(t.add("/" + std::string(62, '/') + "x").empty());
  CHECK_FALSE(t.add("/" + std::string(65, '/') + "x").empty());
}

TEST_CASE("what is kept comes out byte for byte, in its order") {
  CHECK(left(R"({"z":12345678901234567890,"card":"4242","d":1.10,"e":1E+2,"s":"\/\u4e2d"})",
             {"/d", "/z", "/e", "/s"}) == R"({"z":12345678901234567890,"d":1.10,"e":1E+2,"s":"\/\u4e2d"})");
  CHECK(left(R"({ "a" : { "b" : [ 1 , 2 ] } , "x" : 1 })", {"/a"}) == R"({"a":{ "b" : [ 1 , 2 ] }})");
  CHECK(left(R"({"\u0069d":1,"card":2})", {"/id"}) == R"({"\u0069d":1})");
}

TEST_CASE("nothing to strip is nothing changed") {
  CHECK(left(R"({ "id" : 7 })", {"/id"}) == "unchanged");
  CHECK(left(R"({"a":{"b":1}})", {"/a/b"}) == "unchanged");
  CHECK(left(" [1, 2] ", {"/*"}) == "unchanged");
  CHECK(left("{}", {"/id"}) == "unchanged");
  CHECK(left("[]", {"/id"}) == "unchanged");
  CHECK(left("null", {"/id"}) == "unchanged");
  for (const char *all : {"", "*"}) CHECK(left(R"({"a":[1,{"b":2}]})", {all}) == "unchanged");
}

TEST_CASE("objects on the way stay, with what they keep") {
  CHECK(left(R"({"user":{"name":"A","mail":"x"},"id":1})", {"/user/name"}) == R"({"user":{"name":"A"}})");
  CHECK(left(R"({"user":{"mail":"x"},"id":1})", {"/user/name"}) == R"({"user":{}})");
  CHECK(left(R"({"user":5,"id":1})", {"/user/name", "/id"}) == R"({"id":1})");
  CHECK(left(R"({"user":5})", {"/user/name"}) == "{}");
}

TEST_CASE("arrays that a pointer goes into keep their length") {
  CHECK(left(R"({"items":[{"sku":1,"cost":2},{"cost":3},7,[8]],"n":1})", {"/items/*/sku"}) ==
        R"({"items":[{"sku":1},{},null,null]})");
  CHECK(left(R"([{"a":1,"b":2},{"a":3}])", {"/1/a"}) == R"([null,{"a":3}])");
  CHECK(left(R"({"items":[1,2]})", {"/items/sku"}) == "{}");
  CHECK(left("[[1,2],[3]]", {"/*/0"}) == "[[1,null],[3]]");
  CHECK(left("[1,2]", {"/00", "/-"}) == "[]");
}

TEST_CASE("several pointers through one place add up") {
  CHECK(left(R"({"a":{"x":1,"y":2,"z":3},"b":{"x":1,"y":2}})", {"/a/x", "/*/y"}) ==
        R"({"a":{"x":1,"y":2},"b":{"y":2}})");
  CHECK(left(R"({"a":{"x":1},"b":2})", {"/a/x", "/a"}) == R"({"a":{"x":1}})");
}

TEST_CASE("nothing is left of a scalar") {
  CHECK(left("5", {"/id"}) == "null");
  CHECK(left("\"secret\"", {"/id"}) == "null");
  CHECK(left("[1]", {"/id"}) == "[]");
  CHECK(left(R"({"a":1})", {}) == "{}");
}

TEST_CASE("every copy of a key is treated alike") {
  CHECK(left(R"({"a":{"x":1,"s":2},"a":{"s":3},"s":4,"s":5})", {"/a/x"}) == R"({"a":{"x":1},"a":{}})");
}

TEST_CASE("what is not JSON is not judged") {
  for (const char *text : {"", "{", R"({"id":1)", R"({"id":1}x)", R"({"id":01})", R"({"id":"})", "{\"id\":\"\xFF\"}"})
    CHECK(left(text, {"/id"}) == "not json");
  CHECK(left("{\"a\":}", {""}) == "not json");
  CHECK(left(std::string(600, '[') + std::string(600, ']'), {"/id"}) == "too deep");
  CHECK(left(std::string(600, '['), {"/*/*"}) == "too deep");
}

namespace {

// Random trees with few different keys, so that pointers meet them.
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  size_t below(size_t n) { return engine_() % n; }
  std::string key() {
    static const char *const kKeys[] = {"a", "b", "0", "1", "", "a/b", "m~n", "\xC3\xA9", "*"};
    return kKeys[below(std::size(kKeys))];
  }
  reference::Json value(int depth) {
    switch (below(depth > 0 ? 8 : 5)) {
      case 0:
        return nullptr;
      case 1:
        return below(2) == 0;
      case 2:
        return static_cast<int64_t>(engine_());
      case 3:
        return "s" + std::to_string(below(10)) + "\n\"\\";
      case 4:
        return static_cast<double>(below(1000)) / 8;
      case 5: {
        auto out = reference::Json::array();
        for (size_t n = below(4); n > 0; --n) out.push_back(value(depth - 1));
        return out;
      }
      default: {
        auto out = reference::Json::object();
        for (size_t n = below(5); n > 0; --n) out[key()] = value(depth - 1);
        return out;
      }
    }
  }
  std::vector<reference::Pointer> pointers() {
    std::vector<reference::Pointer> out(below(5));
    for (auto &p : out)
      for (size_t n = below(8) == 0 ? 0 : 1 + below(3); n > 0; --n) p.push_back(below(3) == 0 ? "*" : key());
    return out;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace

TEST_CASE("on twenty thousand random trees: the same as over a tree, and nothing that was not there") {
  for (uint64_t seed = 1; seed <= 20'000; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const reference::Json whole = random.value(4);
    const auto pointers = random.pointers();
    PointerTrie t;
    for (const auto &p : pointers) REQUIRE(t.add(reference::pointer_text(p)).empty());
    const std::string text = whole.dump(random.below(2) == 0 ? -1 : 2);

    Stripper s;
    std::string out;
    Stripped result = s.strip(text, t, out);
    REQUIRE((result == Stripped::kChanged || result == Stripped::kUnchanged));
    const auto part = result == Stripped::kChanged ? reference::Json::parse(out) : whole;
    REQUIRE(part.dump() == reference::strip_top(whole, pointers).dump());
    REQUIRE(((part.is_null() && !whole.is_object()) || reference::within(part, whole)));

    std::string again;
    if (result == Stripped::kChanged) {
      Stripped twice = s.strip(out, t, again);
      REQUIRE((twice == Stripped::kUnchanged || again == out));  // what is left may go as it is
    }
  }
}
