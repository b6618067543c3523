#include <doctest/doctest.h>

#include <sbx/web_text.hpp>
#include <string>
#include <utility>

TEST_CASE("base64 as in RFC 4648 section 10") {
  const std::pair<const char *, const char *> rows[] = {{"", ""},
                                                        {"f", "Zg=="},
                                                        {"fo", "Zm8="},
                                                        {"foo", "Zm9v"},
                                                        {"foob", "Zm9vYg=="},
                                                        {"fooba", "Zm9vYmE="},
                                                        {"foobar", "Zm9vYmFy"}};
  for (const auto &[bytes, text] : rows) {
    std::string out;
    sbx::append_base64(out, bytes);
    CHECK(out == text);
  }
}

TEST_CASE("a field is decoded once, and a percent sign that begins no escape stands for itself or is refused") {
  CHECK(sbx::decode_field("pay.7+a%2Bb%20%e6%9d%8e") == "pay.7 a+b \xe6\x9d\x8e");
  CHECK(sbx::decode_field_strictly("pay.7+a%2Bb%20%E6%9D%8E") == "pay.7 a+b \xe6\x9d\x8e");
  CHECK(sbx::decode_field("%2525") == "%25");
  for (const char *bad : {"%", "a%2", "%zz", "100%", "%%41", "%4"}) {
    CHECK(!sbx::decode_field_strictly(bad));
    CHECK(sbx::decode_field(std::string("x") + bad).front() == 'x');
  }
}

TEST_CASE("fields come off a query one by one, as they are written") {
  std::string_view query = "a=1&&b&c=x=y&";
  const std::pair<const char *, const char *> fields[] = {{"a", "1"}, {"", ""}, {"b", ""}, {"c", "x=y"}};
  for (const auto &[name, value] : fields) {
    const sbx::Field field = sbx::take_field(query);
    CHECK(field.name == name);
    CHECK(field.value == value);
  }
  CHECK(query.empty());
}
