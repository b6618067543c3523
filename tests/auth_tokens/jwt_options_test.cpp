#include "tests/auth_tokens/token_rig.hpp"

using namespace auth_test;

namespace {

// Where the first problem is; "fine" without one.
std::string judged(const std::string &options) {
  TokenRig rig;
  rig.files.put("k.json", es256().jwks());
  rig.files.put("short", "short");
  return rig.jwt(options) ? "fine" : rig.problem();
}
std::string with_jwks(std::string_view jwks, std::string_view more = {}) {
  return R"({"audience":"shop","algorithms":["ES256"],"jwks":)" + quoted(jwks) + std::string(more) + "}";
}

}  // namespace

TEST_CASE("algorithms are an allow-list of known names, of one kind") {
  const std::string keys = quoted(es256().jwks());
  CHECK(judged(with_keys(keys)) == "fine");
  CHECK(judged(with_keys(keys, R"("ES256")")) == "fine");
  CHECK(judged(with_keys(keys, "[]")) == "/rules/0/jwt/algorithms");
  CHECK(judged(with_keys(keys, R"(["none"])")) == "/rules/0/jwt/algorithms/0");
  CHECK(judged(with_keys(keys, R"(["ES256","es384"])")) == "/rules/0/jwt/algorithms/1");
  CHECK(judged(with_keys(keys, R"(["ES256","HS256"])")) == "/rules/0/jwt/algorithms");
  CHECK(judged(with_keys(keys, R"(["ES256","RS256"])")) == "/rules/0/jwt/algorithms/1");  // no such key
  CHECK(judged(R"({"audience":"shop","keys":)" + keys + "}") == "/rules/0/jwt/algorithms");
}

TEST_CASE("a rule has keys or jwks, and they must be of use") {
  const std::string keys = quoted(es256().jwks());
  CHECK(judged(with_keys(R"({"file":"k.json"})")) == "fine");
  CHECK(judged(with_keys(R"({"file":"gone"})")) == "/rules/0/jwt/keys");
  CHECK(judged(with_keys(R"({"file":"short"})")) == "/rules/0/jwt/keys");
  CHECK(judged(with_keys(R"("")")) == "/rules/0/jwt/keys");
  CHECK(judged(with_keys(R"("{}")")) == "/rules/0/jwt/keys");
  CHECK(judged(with_keys(quoted("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"))) ==
        "/rules/0/jwt/keys");
  CHECK(judged(R"({"audience":"shop","algorithms":["ES256"]})") == "/rules/0/jwt");
  CHECK(judged(with_keys(keys, R"(["ES256"])", R"(,"jwks":"k.json")")) == "/rules/0/jwt");
  CHECK(judged("[]") == "/rules/0/jwt");
}

TEST_CASE("a secret is long enough for its algorithm, and no public key") {
  const auto secret = [](const std::string &text) { return R"({"secret":)" + quoted(text) + "}"; };
  CHECK(judged(with_keys(secret(std::string(32, 's')), R"(["HS256"])")) == "fine");
  CHECK(judged(with_keys(secret(std::string(31, 's')), R"(["HS256"])")) == "/rules/0/jwt/keys/secret");
  CHECK(judged(with_keys(secret(std::string(63, 's')), R"(["HS512"])")) == "/rules/0/jwt/algorithms/0");
  CHECK(judged(with_keys(secret(std::string(64, 's')), R"(["HS512"])")) == "fine");
  CHECK(judged(with_keys(secret(""), R"(["HS256"])")) == "/rules/0/jwt/keys/secret");
  CHECK(judged(with_keys(R"({"secret":{"file":"short"}})", R"(["HS256"])")) == "/rules/0/jwt/keys/secret");
  for (const std::string &key : {rs256().pem(), rs256().jwks(), es256().jwk()})
    CHECK(judged(with_keys(secret(key), R"(["HS256"])")) == "/rules/0/jwt/keys/secret");
  CHECK(judged(with_keys(secret(std::string(32, 's')))) == "/rules/0/jwt/keys/secret");  // ES256 wants a public key
}

TEST_CASE("jwks is a file, an https URL or one of this machine") {
  for (const char *good :
       {"k.json", "https://id.example/k", "http://localhost/k", "http://127.0.0.1:8080/k", "http://[::1]/k"})
    CHECK(judged(with_jwks(good)) == "fine");
  for (const char *bad : {"http://id.example/k", "http://localhost.evil.example/k", "http://127.0.0.1.nip.io/k",
                          "https://u:p@id.example/k", "https:///k", "https://id.example/k#x", "ftp://id.example/k",
                          "https://id.example/a b", "gone.json", "short", ""})
    CHECK(judged(with_jwks(bad)) == "/rules/0/jwt/jwks");
  CHECK(judged(with_jwks("https://id.example/k", R"(,"ca":"ca.pem")")) == "fine");
  CHECK(judged(with_jwks("k.json", R"(,"ca":"ca.pem")")) == "/rules/0/jwt/ca");
  CHECK(judged(R"({"audience":"shop","algorithms":["HS256"],"jwks":"https://id.example/k"})") == "/rules/0/jwt/jwks");
}

TEST_CASE("an audience must be named, or any be spelled out") {
  const std::string base = R"({"algorithms":["ES256"],"keys":)" + quoted(es256().jwks());
  CHECK(judged(base + "}") == "/rules/0/jwt/audience");
  CHECK(judged(base + R"(,"audience":[]})") == "/rules/0/jwt/audience");
  CHECK(judged(base + R"(,"audience":""})") == "/rules/0/jwt/audience");
  CHECK(judged(base + R"(,"audience":["shop",""]})") == "/rules/0/jwt/audience");
  CHECK(judged(base + R"(,"audience":"any"})") == "fine");
  CHECK(judged(base + R"(,"audience":"any","issuer":""})") == "/rules/0/jwt/issuer");
}

TEST_CASE("claims are named or pointed to, and the leeway is small") {
  const std::string keys = quoted(es256().jwks());
  const auto more = [&](const char *text) { return judged(with_keys(keys, R"(["ES256"])", text)); };
  CHECK(more(R"(,"channels_claim":"https://shop.example/channels")") == "fine");
  CHECK(more(R"(,"channels_claim":"/a/b~1c","info_claim":"name","user_claim":"uid")") == "fine");
  CHECK(more(R"(,"channels_claim":"")") == "/rules/0/jwt/channels_claim");
  CHECK(more(R"(,"user_claim":"")") == "/rules/0/jwt/user_claim");
  CHECK(more(R"(,"info_claim":"/a~2")") == "/rules/0/jwt/info_claim");
  CHECK(more(R"(,"leeway":600000)") == "fine");
  CHECK(more(R"(,"leeway":600001)") == "/rules/0/jwt/leeway");
  CHECK(more(R"(,"leeway":-1)") == "/rules/0/jwt/leeway");
}

TEST_CASE("no secret is repeated in a problem") {
  TokenRig rig;
  CHECK_FALSE(rig.jwt(with_keys(R"({"secret":"hunter2"})", R"(["HS256"])")));
  CHECK_FALSE(rig.ticket(R"({"key":"hunter2"})"));
  for (const auto &problem : rig.host.problems) CHECK(problem.what.find("hunter2") == std::string::npos);
}
