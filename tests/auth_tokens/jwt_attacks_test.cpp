#include "tests/auth_tokens/token_rig.hpp"

using namespace auth_test;
using jose::to_base64url;

namespace {

// Signed well, with any header.
std::string with_header(std::string_view header) { return es256().token(header, claims()); }

}  // namespace

TEST_CASE("a good token opens a channel until it ends, and the leeway after that") {
  const auto rig = es_rig();
  const auto &said = rig->judge("private-a", es256().id_token(claims(R"("sub":"7")"), "1"));
  CHECK(TokenRig::text_of(said) == "good");
  CHECK(said.principal == "7");
  CHECK(said.member.empty());
  CHECK(said.until_ns == (kNow + 300 + 30) * kSecondNs);
  CHECK(rig->verdict("public", es256().id_token(claims())) == "good");
}

TEST_CASE("without a token nobody is admitted") {
  const auto rig = es_rig();
  CHECK(rig->verdict("private-a", "") == "no_token 401");
  CHECK(rig->verdict("public", "") == "no_token 401");
}

TEST_CASE("a public key is never the secret of an HMAC") {
  TokenRig rig;
  REQUIRE(rig.jwt(with_keys(quoted(rs256().pem()), R"(["RS256"])")));
  CHECK(rig.verdict("a", rs256().id_token(claims())) == "good");
  for (const std::string &secret : {rs256().pem(), rs256().jwk(), rs256().jwks()})
    for (const char *header : {R"({"alg":"HS256"})", R"({"alg":"HS256","typ":"JWT"})"})
      CHECK(rig.verdict("a", jose_test::hmac_token(header, claims(), secret)) == "algorithm 401");
}

TEST_CASE("an algorithm counts only when it is listed, by its very name") {
  const auto rig = es_rig();
  for (const char *none : {"none", "None", "NONE", "nOnE", "", "none "})
    for (const char *signature : {"", "AAAA"}) {
      const std::string header = R"({"alg":")" + std::string(none) + "\"}";
      const std::string token = to_base64url(header) + "." + to_base64url(claims()) + "." + signature;
      const std::string verdict = rig->verdict("a", token);
      CAPTURE(token);
      CHECK((verdict == "algorithm 401" || verdict == "malformed 401"));
    }
  for (const char *header : {R"({"alg":"es256"})", R"({"alg":"ES384"})", R"({"alg":"RS256"})", R"({"alg":"EdDSA"})"})
    CHECK(rig->verdict("a", with_header(header)) == "algorithm 401");
  for (const char *header : {"{}", R"({"alg":null})", R"({"alg":["ES256"]})", R"(["ES256"])", "1"})
    CHECK(rig->verdict("a", with_header(header)) == "malformed 401");
}

TEST_CASE("tokens are refused that two readers could read in two ways") {
  const auto rig = es_rig();
  CHECK(rig->verdict("a", with_header(R"({"alg":"none","alg":"ES256"})")) == "malformed 401");
  CHECK(rig->verdict("a", with_header(R"({"alg":"ES256","kid":"2","kid":"1"})")) == "malformed 401");
  CHECK(rig->verdict("a", es256().id_token(claims(R"("aud":"other")"))) == "malformed 401");
  CHECK(rig->verdict("a", es256().id_token(claims(R"("sub":"1","sub":"2")"))) == "malformed 401");
  CHECK(rig->verdict("a", with_header(R"({"alg":"ES256","crit":["exp"],"exp":1})")) == "critical 401");
  CHECK(rig->verdict("a", with_header(R"({"alg":"ES256","crit":[]})")) == "critical 401");
  CHECK(rig->verdict("a", with_header(R"({"alg":"ES256","b64":false})")) == "critical 401");
}

TEST_CASE("a changed token, or one of another signer, has a wrong signature") {
  const auto rig = es_rig();
  const std::string good = es256().id_token(claims());
  const jose_test::Signer stranger("ES256");
  CHECK(rig->verdict("a", stranger.id_token(claims())) == "signature 401");
  CHECK(rig->verdict("a", stranger.id_token(claims(), "1")) == "signature 401");
  const size_t first = good.find('.'), second = good.rfind('.');
  const std::string other = es256().id_token(claims(R"("sub":"root")"));
  CHECK(rig->verdict("a", good.substr(0, first) + other.substr(first, other.rfind('.') - first) +
                              good.substr(second)) == "signature 401");
  CHECK(rig->verdict("a", good.substr(0, second + 1)) == "malformed 401");
  for (const std::string &token : {good + "=", good + ".", "." + good, good.substr(0, second), " " + good, good + "\n",
                                   std::string("."), std::string(".."), std::string("..."), std::string("a.b.c")})
    CHECK(rig->verdict("a", token) == "malformed 401");
}

TEST_CASE("keys that a token brings along are not looked at") {
  const auto rig = es_rig();
  const jose_test::Signer stranger("ES256");
  for (const std::string &member :
       {R"("jwk":)" + stranger.jwk(), std::string(R"("jku":"https://evil.example/keys")"),
        std::string(R"("x5u":"https://evil.example/cert")"), std::string(R"("x5c":["AAAA"])")})
    CHECK(rig->verdict("a", stranger.token(R"({"alg":"ES256",)" + member + "}", claims())) == "signature 401");
  CHECK(rig->web.fetches() == 0);
}

TEST_CASE("the name of a key is a name and nothing else") {
  const auto rig = es_rig();
  for (const char *kid : {"../../etc/passwd", "/dev/null", "' OR 1=1 --", "1' UNION SELECT 'x", "1\\u0000", "2", " 1"})
    CHECK(rig->verdict("a", es256().id_token(claims(), kid)) == "unknown_key 401");
  CHECK(rig->verdict("a", es256().id_token(claims(), std::string(600, 'k'))) == "malformed 401");
  CHECK(rig->verdict("a", with_header(R"({"alg":"ES256","kid":1})")) == "malformed 401");
}

TEST_CASE("an oversized token is refused before anything is decoded") {
  const auto rig = es_rig();
  CHECK(rig->verdict("a", es256().id_token(claims(R"("x":")" + std::string(20'000, 'x') + "\""))) == "malformed 401");
  CHECK(rig->verdict("a", std::string(10'000'000, '.')) == "malformed 401");
  std::string deep = "\"x\":";
  for (int i = 0; i < 100; ++i) deep += '[';
  for (int i = 0; i < 100; ++i) deep += ']';
  CHECK(rig->verdict("a", es256().id_token(claims(deep))) == "malformed 401");
}

TEST_CASE("nothing that a token says comes into the log") {
  const auto rig = es_rig();
  rig->judge("a", es256().id_token(claims(R"("sub":"secret-user")"), "secret-kid"));
  rig->judge("a", "secret-token");
  CHECK(rig->host.logged("secret") == 0);
}
