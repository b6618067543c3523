#include "plugins/sources/webhook/bearer.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

namespace {

const char *refuse(const webhook::BearerKeys &keys, std::initializer_list<std::string_view> authorizations) {
  std::vector<sbx_attr> headers = {{sbx::raw("host"), sbx::raw("h")}};
  for (std::string_view value : authorizations) headers.push_back({sbx::raw("authorization"), sbx::raw(value)});
  sbx_request request{};
  request.size = sizeof request;
  request.headers = headers.data();
  request.header_count = headers.size();
  return keys.refuse(request);
}

}  // namespace

TEST_CASE("a request shows one of the configured keys, and all of it") {
  const webhook::BearerKeys keys({"first-key", "second"});
  CHECK_FALSE(refuse(keys, {"Bearer first-key"}));
  CHECK_FALSE(refuse(keys, {"Bearer second"}));
  CHECK_FALSE(refuse(keys, {"bearer second"}));
  CHECK_FALSE(refuse(keys, {"BEARER   second"}));
  for (const char *wrong : {"Bearer first-ke", "Bearer first-key1", "Bearer first-keyfirst-key", "Bearer First-key",
                            "Bearer f", "Bearer secondsecond", "Bearer x", "Bearer second, first-key"}) {
    CAPTURE(std::string(wrong));
    CHECK(refuse(keys, {wrong}) == std::string_view("its key is none of the configured ones"));
  }
}

TEST_CASE("another scheme, no key and no header are no way in") {
  const webhook::BearerKeys keys({"first-key"});
  CHECK(refuse(keys, {}) == std::string_view("it has no Authorization header"));
  for (const char *wrong : {"", "Bearer", "Bearerfirst-key", "Basic first-key", "first-key", "Bearer\tfirst-key"}) {
    CAPTURE(std::string(wrong));
    CHECK(refuse(keys, {wrong}) == std::string_view("its Authorization is not of the form Bearer KEY"));
  }
  CHECK(refuse(keys, {"Bearer "}));
  CHECK(refuse(keys, {"Bearer    "}));
}

TEST_CASE("two Authorization headers are refused even when both are right") {
  const webhook::BearerKeys keys({"first-key"});
  CHECK(refuse(keys, {"Bearer first-key", "Bearer first-key"}));
}
