#include <limits>

#include "tests/auth_tokens/token_rig.hpp"

using namespace auth_test;

namespace {

std::string signed_claims(const std::string &json) { return es256().id_token(json); }
// What a token with this channels claim says to a channel.
std::string covered(TokenRig &rig, const std::string &claim, std::string_view channel) {
  return rig.verdict(channel, signed_claims(claims("\"channels\":" + claim)));
}
constexpr const char *kNotIn = "channel_not_in_token 403";

}  // namespace

TEST_CASE("times are held against the wall clock with the leeway") {
  const auto rig = es_rig();
  const auto at = [&](const std::string &times) {
    return rig->verdict("a", signed_claims(R"({"aud":"shop",)" + times + "}"));
  };
  const auto exp = [&](int64_t in_s) { return R"("exp":)" + std::to_string(kNow + in_s); };
  CHECK(at(exp(-29)) == "good");
  CHECK(at(exp(-30)) == "expired 401");
  CHECK(at(exp(60) + R"(,"nbf":)" + std::to_string(kNow + 30)) == "good");
  CHECK(at(exp(60) + R"(,"nbf":)" + std::to_string(kNow + 31)) == "not_yet 401");
  CHECK(at(exp(60) + R"(,"iat":)" + std::to_string(kNow + 31)) == "not_yet 401");
  CHECK(at(R"("sub":"7")") == "expired 401");
  for (const char *exp_json : {"\"1900000000\"", "null", "true", "1e300", "-1", "[]"})
    CHECK(at("\"exp\":" + std::string(exp_json)) == "expired 401");
  rig->host.advance(400 * kSecondNs);
  CHECK(at(exp(300)) == "expired 401");
}

TEST_CASE("a subscription lasts as long as its token") {
  const auto rig = es_rig(R"(,"leeway":0,"expiry_required":false)");
  const auto until = [&](const std::string &exp) {
    return rig->judge("a", signed_claims(R"({"aud":"shop")" + exp + "}")).until_ns;
  };
  CHECK(until(R"(,"exp":1700001010)") == 1'700'001'010 * kSecondNs);
  CHECK(until(R"(,"exp":1700001010.5)") == 1'700'001'010'500'000'000);
  CHECK(until(R"(,"exp":999999999999)") == std::numeric_limits<int64_t>::max());
  CHECK(until("") == 0);
}

TEST_CASE("audience and issuer must be the configured ones") {
  const auto rig = es_rig(R"(,"issuer":["https://id.example","https://old.example"])");
  const auto says = [&](const std::string &json) {
    return rig->verdict("a", signed_claims(R"({"exp":1700001300,)" + json + "}"));
  };
  const std::string iss = R"(,"iss":"https://id.example")";
  CHECK(says(R"("aud":"shop")" + iss) == "good");
  CHECK(says(R"("aud":["other","shop"],"iss":"https://old.example")") == "good");
  for (const char *aud :
       {"\"Shop\"", "\"shop2\"", "\"sho\"", "[]", "[\"other\"]", "null", "{\"shop\":true}", "[[\"shop\"]]"})
    CHECK(says("\"aud\":" + std::string(aud) + iss) == "audience 401");
  CHECK(says(R"("sub":"7")" + iss) == "audience 401");
  for (const char *wrong : {"\"https://id.example/\"", "\"https://evil.example\"", "null", "[\"https://id.example\"]"})
    CHECK(says(R"("aud":"shop","iss":)" + std::string(wrong)) == "issuer 401");
  CHECK(says(R"("aud":"shop")") == "issuer 401");
}

TEST_CASE("any audience is good where that is spelled out") {
  TokenRig rig;
  REQUIRE(rig.jwt(R"({"keys":)" + quoted(es256().jwks()) + R"(,"algorithms":"ES256","audience":"any"})"));
  CHECK(rig.verdict("a", signed_claims(R"({"exp":1700001300})")) == "good");
  TokenRig named;
  REQUIRE(named.jwt(R"({"keys":)" + quoted(es256().jwks()) + R"(,"algorithms":"ES256","audience":["any"]})"));
  CHECK(named.verdict("a", signed_claims(R"({"exp":1700001300})")) == "audience 401");
}

TEST_CASE("the type of a token can be asked for") {
  const auto rig = es_rig(R"(,"type":"at+jwt")");
  CHECK(rig->verdict("a", signed_claims(claims())) == "type 401");
  CHECK(rig->verdict("a", es256().token(R"({"alg":"ES256","typ":"JWT"})", claims())) == "type 401");
  CHECK(rig->verdict("a", es256().token(R"({"alg":"ES256","typ":"application/at+jwt"})", claims())) == "good");
}

TEST_CASE("a channels claim is a list, a text or an object") {
  const auto rig = es_rig(R"(,"channels_claim":"channels")");
  for (const char *claim : {R"(["private-a.*","news"])", R"("news private-a.*")", R"("  private-a.*  ")",
                            R"({"private-a.*":true,"x":false})", R"(["*"])", R"([1,null,"private-a.1"])"})
    CHECK(covered(*rig, claim, "private-a.1") == "good");
  for (const char *claim : {"[]", "\"\"", "{}", "null", "true", "7", R"([["private-a.1"]])", R"({"private-a.1":1})",
                            R"({"private-a.1":"true"})", R"({"private-a.1":false})", R"([""])"})
    CHECK(covered(*rig, claim, "private-a.1") == kNotIn);
  CHECK(rig->verdict("private-a.1", signed_claims(claims())) == kNotIn);
}

TEST_CASE("a pattern in a claim matches a whole name, with its case") {
  const auto rig = es_rig(R"(,"channels_claim":"channels")");
  CHECK(covered(*rig, R"(["private-orders"])", "private-orders.1") == kNotIn);
  CHECK(covered(*rig, R"(["private-orders.1"])", "private-orders.10") == kNotIn);
  CHECK(covered(*rig, R"(["orders.*"])", "private-orders.1") == kNotIn);
  CHECK(covered(*rig, R"(["Private-Orders.*"])", "private-orders.1") == kNotIn);
  CHECK(covered(*rig, R"(["private-orders.?"])", "private-orders.12") == kNotIn);
  CHECK(covered(*rig, R"(["private-orders.?"])", "private-orders.1") == "good");
  // A wildcard in the name that is asked for is a character like any other.
  CHECK(covered(*rig, R"(["private-orders.1"])", "private-orders.*") == kNotIn);
  CHECK(covered(*rig, R"(["private-orders.1"])", "private-orders.?") == kNotIn);
  CHECK(covered(*rig, R"("private-a")", "private-a b") == kNotIn);
}

TEST_CASE("a channels claim can lie deep in the token") {
  const auto rig = es_rig(R"(,"channels_claim":"/https:~1~1shop.example/channels")");
  const auto says = [&](const std::string &json) { return rig->verdict("a", signed_claims(claims(json))); };
  CHECK(says(R"("https://shop.example":{"channels":["a"]})") == "good");
  CHECK(says(R"("https://shop.example":{"channels":["b"]})") == kNotIn);
  CHECK(says(R"("https://shop.example":["a"])") != "good");
  CHECK(says(R"("https://shop.example":"a")") == kNotIn);
  CHECK(says(R"("channels":["a"])") == kNotIn);
}

TEST_CASE("a member of a presence channel has an id and what the rule shows of him") {
  const auto rig = es_rig(R"(,"info_claim":"/profile")");
  const auto says = [&](const std::string &json) { return rig->judge("presence-a", signed_claims(claims(json))); };
  const auto li = says(R"("sub":"u7","profile":{"name":"Li \"x\"","n":1},"mail":"secret")");
  CHECK(li.principal == "u7");
  CHECK(li.member == R"({"user_id":"u7","user_info":{"n":1,"name":"Li \"x\""}})");
  const auto seven = says(R"("sub":7)");
  CHECK(seven.principal == "7");
  CHECK(seven.member == R"({"user_id":7,"user_info":{}})");
  for (const char *sub : {R"("sub":"")", R"("sub":null)", R"("sub":7.5)", R"("sub":1e30)", R"("sub":["7"])",
                          R"("sub":"a\nb")", R"("name":"Li")", R"("sub":18446744073709551616)"})
    CHECK(TokenRig::text_of(says(sub)) == "no_user 403");
  CHECK(TokenRig::text_of(says(R"("sub":")" + std::string(257, 'x') + "\"")) == "no_user 403");
  CHECK(TokenRig::text_of(says(R"("sub":"7","profile":")" + std::string(9000, 'x') + "\"")) == "member_too_long 403");
  // Elsewhere nobody has to be named.
  CHECK(rig->verdict("private-a", signed_claims(claims())) == "good");
}

TEST_CASE("who it is can stand in another claim") {
  const auto rig = es_rig(R"(,"user_claim":"/user/id")");
  CHECK(rig->judge("private-a", signed_claims(claims(R"("sub":"x","user":{"id":-3})"))).principal == "-3");
  CHECK(rig->judge("private-a", signed_claims(claims(R"("sub":"x")"))).principal.empty());
}
