// Pushes: which ones are believed, what a scan moves, and what nobody learns from an answer.
#include "tests/oauth_scene/scene_fixture.hpp"

using namespace scene_test;
using oauth::WaitState;
using Names = std::vector<std::string>;

TEST_CASE("a follower's scan tells the page, and the chat shows the link") {
  SceneFixture f;
  const std::string query = f.scan(f.start());
  CHECK(query.starts_with("c="));
  CHECK(query.size() == 34);
  CHECK(f.state() == WaitState::kScanned);
  REQUIRE(f.events() == Names{"wechat_mp.scanned"});
  CHECK(f.host.emitted[0].channel == "login." + f.id);
  CHECK(f.last_data()["number"] == f.number);
  CHECK(f.host.emitted[0].data.find("oPhone") == std::string::npos);
}

TEST_CASE("a first follow through the code is a scan as well") {
  SceneFixture f;
  CHECK(!f.scan("qrscene_" + f.start(), "oPhone", "subscribe").empty());
  CHECK(f.state() == WaitState::kScanned);
}

TEST_CASE("the chat names the site in both languages and holds neither number nor scene") {
  SceneFixture f;
  const std::string scene = f.start();
  const auto content = f.chat(event_xml("oPhone", "SCAN", scene));
  REQUIRE(content);
  CHECK(content->starts_with("Shop\n"));
  CHECK(content->find("open this link") != std::string::npos);
  CHECK(content->find("请打开链接") != std::string::npos);
  CHECK(content->find(scene) == std::string::npos);
}

TEST_CASE("the address is tried out by echostr, and nobody else's echostr comes back") {
  SceneFixture f;
  const std::string time = std::to_string(kNow);
  const auto ask = [&](const std::string &signature) {
    const Head head("GET", "signature=" + signature + "&timestamp=" + time + "&nonce=7&echostr=5837298");
    return f.scene->push(head.request, {}, f.wall_ns());
  };
  const oauth::Answer answer = ask(f.wechat.signature({time, "7"}));
  CHECK(answer.status == 200);
  CHECK(answer.body == "5837298");
  CHECK(answer.content_type == "text/plain");
  const oauth::Answer forged = ask(f.wechat.signature({time, "8"}));
  CHECK(forged.status == 401);
  CHECK(forged.body.empty());
}

TEST_CASE("what is no scan of ours is answered `success` and moves nothing") {
  SceneFixture f;
  const std::string scene = f.start();
  CHECK(!f.chat(event_xml("oPhone", "SCAN", "AnotherScene")));
  CHECK(!f.chat(event_xml("oPhone", "scan", scene)));
  CHECK(!f.chat(event_xml("oPhone", "subscribe", scene)));
  CHECK(!f.chat(event_xml("oPhone", "subscribe", "")));
  CHECK(!f.chat(event_xml("oPhone", "SCAN", "qrscene_" + scene)));
  CHECK(!f.chat(event_xml("oPhone", "SCAN", scene, kNow, "text")));
  CHECK(
      !f.chat("<xml><ToUserName>gh_scene</ToUserName><FromUserName>oPhone</FromUserName><CreateTime>1</CreateTime>"
              "<MsgType>text</MsgType><Content>" +
              scene + "</Content><MsgId>1</MsgId></xml>"));
  CHECK(f.state() == WaitState::kPending);
  CHECK(f.events().empty());
}

TEST_CASE("a plain request is refused, also one that is well signed as such") {
  SceneFixture f;
  const std::string inside = event_xml("oPhone", "SCAN", f.start()), time = std::to_string(kNow);
  const Push plain{"signature=" + f.wechat.signature({time, "9"}) + "&timestamp=" + time + "&nonce=9&openid=oPhone",
                   inside};
  CHECK(f.push(plain).status == 400);
  Push stripped = f.wechat.push(inside);
  stripped.query.erase(stripped.query.find("&encrypt_type=aes"), 17);
  CHECK(f.push(stripped).status == 400);
  Push raw = f.wechat.push(inside);
  raw.query.replace(raw.query.find("encrypt_type=aes"), 16, "encrypt_type=raw");
  CHECK(f.push(raw).status == 401);
  CHECK(f.state() == WaitState::kPending);
}

TEST_CASE("of a push in compatible mode only the encrypted part counts") {
  SceneFixture f;
  const std::string scene = f.start();
  Push both = f.wechat.push(event_xml("oPhone", "CLICK", "x"));
  both.body.replace(0, 5,
                    "<xml><FromUserName>oPhone</FromUserName><Event>SCAN</Event><EventKey>" + scene + "</EventKey>");
  CHECK(f.push(both).body == "success");
  CHECK(f.state() == WaitState::kPending);
}

TEST_CASE("forged, stale and misdirected pushes look alike from outside and move nothing") {
  SceneFixture f;
  const std::string inside = event_xml("oPhone", "SCAN", f.start());
  Wechat other_token = f.wechat, other_key = f.wechat, other_app = f.wechat;
  other_token.token = "guess";
  other_key.key[3] = '!';
  other_app.appid = "wxanother";
  Push changed = f.wechat.push(inside);
  const size_t at = changed.body.find("<Encrypt><![CDATA[") + 30;
  changed.body[at] = changed.body[at] == 'A' ? 'B' : 'A';
  for (const Push &bad : {other_token.push(inside), other_key.push(inside), other_app.push(inside), changed,
                          f.wechat.push(inside, kNow - 301), f.wechat.push(inside, kNow + 301)}) {
    const oauth::Answer answer = f.push(bad);
    CHECK(answer.status == 401);
    CHECK(answer.body.empty());
  }
  CHECK(f.state() == WaitState::kPending);
  CHECK(f.events().empty());
  CHECK(f.host.logged(f.wechat.token) == 0);
  // Whoever sends many of them does not fill the log.
  const size_t lines = f.host.logged("was refused");
  CHECK(lines > 0);
  for (int i = 0; i < 100; ++i) f.push(other_token.push(inside));
  CHECK(f.host.logged("was refused") == lines);
}

TEST_CASE("whatever is no XML of the kind is refused") {
  SceneFixture f;
  const std::string inside = event_xml("oPhone", "SCAN", f.start());
  CHECK(f.push(f.wechat.push("<!DOCTYPE x [<!ENTITY a \"b\">]>" + inside)).status >= 400);
  CHECK(f.push(f.wechat.push("not xml")).status >= 400);
  CHECK(f.push(f.wechat.push(inside), {{"content-type", "application/json"}}).status == 400);
  Push big = f.wechat.push(inside);
  big.body.append(70'000, ' ');
  CHECK(f.push(big).status == 400);
  CHECK(f.state() == WaitState::kPending);
}

TEST_CASE("the same push again tells the page nothing more and shows the same link") {
  SceneFixture f;
  const Push push = f.wechat.push(event_xml("oPhone", "SCAN", f.start()));
  const std::string first = cut(f.wechat.open(f.push(push).body), "Content");
  const std::string again = cut(f.wechat.open(f.push(push).body), "Content");
  CHECK(first == again);
  CHECK(f.events() == Names{"wechat_mp.scanned"});
}

TEST_CASE("a captured push does not scan another code: it says which one it was") {
  SceneFixture f;
  const Push captured = f.wechat.push(event_xml("oPhone", "SCAN", f.start()));
  f.push(captured);
  f.flow.fail(*f.waits.by_id(f.id), "denied");
  CHECK(f.push(captured).body == "success");
  f.start();
  CHECK(f.push(captured).body == "success");
  CHECK(f.state() == WaitState::kPending);
}

TEST_CASE("the first phone has the code; a second one gets nothing and changes nothing") {
  SceneFixture f;
  const std::string scene = f.start();
  const std::string link = f.scan(scene, "oVictim");
  CHECK(f.scan(scene, "oOther").empty());
  CHECK(f.waits.by_id(f.id)->scanned_by == "oVictim");
  f.host.advance(sbx::kSecondNs);
  CHECK(f.scan(scene, "oVictim") == link);
  CHECK(f.events() == Names{"wechat_mp.scanned"});
}

TEST_CASE("a code of another provider's login is unknown here") {
  SceneFixture f;
  CHECK(f.scan(f.start("another_account")).empty());
  CHECK(f.state() == WaitState::kPending);
}

TEST_CASE("a code that is too old is answered as one that never was") {
  SceneFixture f;
  const std::string scene = f.start();
  f.host.advance(kLifetimeNs + sbx::kSecondNs);
  CHECK(f.scan(scene).empty());
  for (const std::string &name : f.events()) CHECK(name != "wechat_mp.scanned");
}

TEST_CASE("who scans too many codes in a minute is told so, and none is his") {
  SceneFixture f;
  for (size_t i = 0; i < oauth::ScanLimit::kScansMax; ++i) {
    CHECK(!f.scan(f.start()).empty());
    f.host.advance(sbx::kSecondNs);
  }
  const auto content = f.chat(event_xml("oPhone", "SCAN", f.start(), f.wall_ns() / sbx::kSecondNs));
  REQUIRE(content);
  CHECK(content->find("Too many scans") != std::string::npos);
  CHECK(content->find("confirm") == std::string::npos);
  CHECK(f.state() == WaitState::kPending);
  CHECK(!f.scan(f.start(), "oSomebodyElse").empty());
}

TEST_CASE("a sender that could break out of a reply is not answered to") {
  SceneFixture f;
  CHECK(!f.chat(event_xml("o]]]]><![CDATA[></ToUserName><x>", "SCAN", f.start())));
  CHECK(f.state() == WaitState::kPending);
}

TEST_CASE("a provider without its secrets is complained of at their places") {
  SceneFixture f;
  f.provider.scene_secrets = {"", "wxapp", "tooshort", "Shop"};
  CHECK(f.make() == nullptr);
  REQUIRE(f.complaints.size() == 2);
  CHECK(f.complaints[0].first == "/token");
  CHECK(f.complaints[1].first == "/encoding_aes_key");
}
