// Where tokens come from.
#include "plugins/filters/auth/credentials.hpp"

#include "tests/auth/auth_fixture.hpp"

using auth::Places;
using auth::read_offer;

namespace {

constexpr sbx_attr header(std::string_view name, std::string_view value) {
  return {{name.data(), name.size()}, {value.data(), value.size()}};
}
const Places kAll{true, true, true, true, true, "token"};

}  // namespace

TEST_CASE("an offer is a text, or an object with token and headers") {
  CHECK(read_offer("\"T\\u0031\"").token == "T1");
  CHECK(read_offer(R"({"x":[1,{"token":"no"}],"token":"T","headers":{"A":"1","b":2,"C":"3"}})").token == "T");
  const auto offer = read_offer(R"({"headers":{"A":"1","b":2,"C":"3"},"token":"T","token":"late"})");
  CHECK(offer.token == "T");
  CHECK(offer.headers == std::vector<auth::Header>{{"A", "1"}, {"C", "3"}});
  CHECK(offer.header("a") == "1");
  CHECK(offer.header("b").empty());
}

TEST_CASE("what is no offer offers nothing") {
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "{\"headers\":";
  for (const std::string &none : std::vector<std::string>{
           "", "7", "null", "[\"T\"]", "{\"token\":7}", "{\"token\":{\"a\":\"T\"}}", "{\"token\":\"T\"", "\"T",
           "{\"token\":\"T\"} x", "{\"token\":\"\xFF\"}", "\"" + std::string(SBX_AUTH_MAX, 'x') + "\"", deep}) {
    CHECK(read_offer(none).token.empty());
    CHECK(read_offer(none).headers.empty());
  }
  std::string many = "{\"headers\":{";
  for (int i = 0; i < 1000; ++i) many += "\"h" + std::to_string(i) + "\":\"v\",";
  many.back() = '}';
  CHECK(read_offer(many + "}").headers.size() <= 64);
}

TEST_CASE("the first place that has a token counts, and only places that are named") {
  const std::string_view connect = R"({"token":"of connect"})", query = "of query";
  const sbx_attr headers[] = {header("authorization", "bearer of handshake"),
                              header("cookie", "a=b; token=\"of cookie\"")};
  const sbx_visitor visitor{sizeof(sbx_visitor), 0, {}, {}, sbx::raw(connect), sbx::raw(query), headers, 2};
  const auto subscribe = read_offer("\"of subscribe\"");
  Places places = kAll;
  CHECK(token_of(subscribe, &visitor, places) == "of subscribe");
  CHECK(token_of({}, &visitor, places) == "of connect");
  CHECK(token_of(read_offer(R"({"headers":{"authorization":"Bearer  of echo "}})"), &visitor, places) == "of echo");
  places.subscribe = places.connect = false;
  CHECK(token_of(subscribe, &visitor, places) == "of handshake");
  places.bearer = false;
  CHECK(token_of(subscribe, &visitor, places) == "of cookie");
  places.cookie_name = "other";
  CHECK(token_of(subscribe, &visitor, places) == "of query");
  places.query = false;
  CHECK(token_of(subscribe, &visitor, places).empty());
  CHECK(token_of(subscribe, nullptr, kAll) == "of subscribe");
  CHECK(token_of({}, nullptr, kAll).empty());
}

TEST_CASE("cookies: whole names only, the first of equal ones, other schemes are no bearer") {
  CHECK(auth::cookie_value("xtoken=1; token=2; token=3", "token") == "2");
  CHECK(auth::cookie_value("token ; =x;token=", "token").empty());
  CHECK(auth::cookie_value("Token=1", "token").empty());
  CHECK(auth::cookie_value("a=1;token=a=b", "token") == "a=b");
  CHECK(auth::bearer_of("Basic abc").empty());
  CHECK(auth::bearer_of("Bearer").empty());
}
