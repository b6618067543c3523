// Requests that are kept beside their events, and what becomes of them when they are replayed.
#include <doctest/doctest.h>

#include <sbx/testing/fake_host.hpp>
#include <sbx/testing/fake_http.hpp>

#include "plugins/sources/webhook/kept_request.hpp"
#include "tests/webhook_engine/vectors.hpp"

extern "C" const sbx_module *sbx_module_v1_webhook(uint32_t) noexcept;

using namespace webhook_test;
using sbx::testing::FakeHttp;
using webhook::CallbackRequest;

namespace {

constexpr int64_t kReceivedNs = kNow * sbx::kSecondNs;

json config(const std::string &preset, const json &more) {
  json with = {{"listener", "public"},
               {"path", "/hooks"},
               {"preset", preset},
               {"secrets", secrets_of(preset)},
               {"channel", json::array({"pay.{order}", "{id}", "rest"})},
               {"public_url", "https://pay.example.test/hooks/" + preset},
               {"keep_raw", true}};
  with.update(more);
  return with;
}

struct Source {
  explicit Source(const std::string &preset, const json &more = json::object())
      : host(1, "provider"),
        http(host.part<FakeHttp>()),
        plugin(host, sbx_module_v1_webhook(0)->plugins[0], config(preset, more).dump()) {
    host.wall_offset_ns = kReceivedNs - host.now_ns;
    if (plugin.created()) plugin.start();
  }
  sbx_id send(const CallbackRequest &from) {
    sbx::testing::Request r;
    r.method = from.method;
    r.path = "/hooks";
    r.query = from.query;
    r.headers = from.headers;
    if (!from.body.empty()) r.body = from.body;
    return http.request(r);
  }
  int64_t replay(const std::string &raw, int64_t received_ns = kReceivedNs) {
    const auto *table = plugin.extension<sbx_replay>(SBX_REPLAY);
    REQUIRE(table);
    return host.call([&] { return table->replay(plugin.self(), sbx::raw(raw), received_ns); });
  }
  // What it keeps of a vector.
  std::string kept(const std::string &vector) {
    send(request(vector));
    REQUIRE(!host.emitted.empty());
    return std::exchange(host.emitted, {}).front().raw_bytes;
  }

  sbx::testing::FakeHost host;
  FakeHttp &http;
  sbx::testing::Plugin plugin;
};

std::string fact(const sbx::testing::Event &event, const std::string &key) {
  for (const auto &[name, value] : event.attrs)
    if (name == key) return value;
  return "";
}

}  // namespace

TEST_CASE("of every preset what is kept is replayed as the same event, without a key and marked") {
  for (const std::string &preset : webhook::preset_names()) {
    if (preset == "mollie-classic" || preset == "paypal-ipn") continue;  // they ask first: tests/webhook_code
    CAPTURE(preset);
    Source s(preset);
    REQUIRE(s.plugin.created());
    s.send(request(preset + "/valid"));
    REQUIRE(s.host.emitted.size() == 1);
    const auto first = s.host.emitted[0];
    REQUIRE(!first.raw_bytes.empty());
    // Long after its tolerance.
    s.host.advance(30 * 24 * 3600 * sbx::kSecondNs);
    CHECK(s.replay(first.raw_bytes) == 1);
    REQUIRE(s.host.emitted.size() == 2);
    const auto &second = s.host.emitted[1];
    CHECK(second.channel == first.channel);
    CHECK(second.name == first.name);
    CHECK(second.data == first.data);
    CHECK(second.id == first.id);
    CHECK(second.dedupe_key.empty());
    CHECK(second.raw_bytes.empty());
    CHECK(fact(second, "replayed") == "true");
    CHECK(fact(first, "replayed").empty());
  }
}

TEST_CASE("nothing is kept unless it is asked for, and then there is nothing to replay with") {
  Source s("stripe", {{"keep_raw", false}});
  s.send(request("stripe/valid"));
  REQUIRE(s.host.emitted.size() == 1);
  CHECK(s.host.emitted[0].raw_bytes.empty());
  CHECK_FALSE(s.plugin.extension<sbx_replay>(SBX_REPLAY));
  Source publish("stripe", {{"preset", "publish"}, {"secrets", {{"key", "a-key-for-tests-only"}}}});
  CHECK_FALSE(publish.plugin.created());
}

TEST_CASE("secrets that a request showed are not in what is kept, its signature is") {
  const auto shown = [](const std::string &preset, const std::string &header) {
    for (const auto &[name, value] : request(preset + "/valid").headers)
      if (name == header) return value;
    return std::string();
  };
  const std::pair<const char *, const char *> secret[] = {{"basic", "authorization"},
                                                          {"bearer", "authorization"},
                                                          {"telegram", "x-telegram-bot-api-secret-token"},
                                                          {"checkout", "authorization"}};
  for (const auto &one : secret) {
    const std::string preset = one.first, header = one.second;
    CAPTURE(preset);
    const std::string kept = Source(preset).kept(preset + "/valid");
    REQUIRE(!shown(preset, header).empty());
    CHECK(kept.find(shown(preset, header)) == std::string::npos);
    CHECK(kept.find(header + ": masked\r\n") != std::string::npos);
  }
  CHECK(Source("stripe").kept("stripe/valid").find(shown("stripe", "stripe-signature")) != std::string::npos);

  CallbackRequest r{"POST", "/hooks", "token=abc&x=1&to%6ben=abc", {{"cookie", "a=b"}, {"authorization", "x"}}, "{}"};
  webhook::Preset preset;
  preset.scheme = webhook::Scheme::kToken;
  preset.signature.emplace().from = {webhook::Source::From::kQuery, "token"};
  const auto kept = webhook::keep_request(r, preset, 5);
  REQUIRE(kept);
  CHECK(kept->find("abc") == std::string::npos);
  CHECK(kept->starts_with("POST /hooks?token=masked&x=1&to%6ben=masked HTTP/1.1\r\n"));
  CHECK(kept->find("cookie: masked\r\nauthorization: masked\r\n") != std::string::npos);
}

TEST_CASE("a request is kept as HTTP text with its body byte for byte") {
  const std::string body("a\0\r\n\r\n\xff", 7);
  const CallbackRequest r{"POST",
                          "/hooks",
                          "a=1",
                          {{"host", "h"},
                           {"transfer-encoding", "chunked"},
                           {"content-length", "99"},
                           {"signalbox-kept", "1"},
                           {"x-empty", ""},
                           {"connection", "close"}},
                          body};
  const auto kept = webhook::keep_request(r, webhook::Preset{}, 42);
  REQUIRE(kept);
  CHECK(*kept ==
        "POST /hooks?a=1 HTTP/1.1\r\nsignalbox-kept: 1; received=42\r\ncontent-length: 7\r\nhost: h\r\n"
        "x-empty: \r\n\r\n" +
            body);
  const auto back = webhook::read_kept(*kept);
  REQUIRE(back);
  CHECK(back->method == "POST");
  CHECK(back->path == "/hooks");
  CHECK(back->query == "a=1");
  CHECK(back->body == body);
  CHECK(back->headers.size() == 3);
}

TEST_CASE("what cannot be kept faithfully is not kept") {
  const webhook::Preset preset;
  CallbackRequest r{"POST", "/hooks", "", {}, "{}"};
  REQUIRE(webhook::keep_request(r, preset, 1));
  const auto with = [&](auto change) {
    CallbackRequest other = r;
    change(other);
    return webhook::keep_request(other, preset, 1).has_value();
  };
  CHECK_FALSE(with([](auto &o) { o.path = "/a b"; }));
  CHECK_FALSE(with([](auto &o) { o.query = "a\nb"; }));
  CHECK_FALSE(with([](auto &o) { o.headers = {{"x", "a\r\ny: b"}}; }));
  CHECK_FALSE(with([](auto &o) { o.headers = {{"x: y", "b"}}; }));
  CHECK_FALSE(with([](auto &o) { o.body.assign(webhook::kKeptMax, 'x'); }));
  CHECK(with([](auto &o) { o.body.assign(webhook::kKeptMax - 1000, 'x'); }));
}

TEST_CASE("what was not written by us is not read") {
  const std::string good = "POST /h HTTP/1.1\r\nsignalbox-kept: 1; received=1\r\ncontent-length: 2\r\n\r\n{}";
  REQUIRE(webhook::read_kept(good));
  const auto changed = [&](std::string from, const std::string &to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return webhook::read_kept(text).has_value();
  };
  CHECK_FALSE(webhook::read_kept(""));
  CHECK_FALSE(webhook::read_kept(good.substr(0, good.size() - 1)));
  CHECK_FALSE(webhook::read_kept(good + "x"));
  CHECK_FALSE(changed("HTTP/1.1", "HTTP/1.0"));
  CHECK_FALSE(changed("kept: 1;", "kept: 2;"));
  CHECK_FALSE(changed("kept: 1;", "kept: 11;"));
  CHECK_FALSE(changed("signalbox-kept: 1; received=1\r\n", ""));
  CHECK_FALSE(changed("content-length: 2\r\n", ""));
  CHECK_FALSE(changed("content-length: 2", "content-length: 2x"));
  CHECK_FALSE(changed("content-length: 2", "content-length:2"));
  CHECK_FALSE(changed("content-length: 2", "signalbox-kept: 1\r\ncontent-length: 2"));
  CHECK_FALSE(changed("/h ", "/h /i "));
}

TEST_CASE("a replay makes of a request what the file says today") {
  const std::string kept = Source("stripe", {{"data", {{"a", "{id}"}}}}).kept("stripe/valid");
  Source s("stripe", {{"channel", "new.{order}"}, {"event", "again"}, {"data", {{"b", "{type}"}}}});
  CHECK(s.replay(kept) == 1);
  REQUIRE(s.host.emitted.size() == 1);
  CHECK(s.host.emitted[0].channel.starts_with("new."));
  CHECK(s.host.emitted[0].name == "again");
  CHECK(s.host.emitted[0].data.find("\"b\":") != std::string::npos);
}

TEST_CASE("a replay that fails emits nothing and says why in one line") {
  Source s("stripe");
  const std::string kept = s.kept("stripe/valid");
  const auto said = [&] {
    REQUIRE(!s.host.logs.empty());
    return std::exchange(s.host.logs, {}).back().text;
  };
  s.host.logs.clear();
  CHECK(s.replay("nonsense") < 0);
  CHECK(said().find("not in a form") != std::string::npos);
  CHECK(s.replay(kept, kReceivedNs + 3600 * sbx::kSecondNs) < 0);
  CHECK(said().find("freshness") != std::string::npos);
  std::string forged = kept;
  forged.back() = forged.back() == '}' ? ' ' : '}';
  CHECK(s.replay(forged) < 0);
  CHECK(said().find("signature") != std::string::npos);
  s.host.emit_answer = SBX_FULL;
  CHECK(s.replay(kept) == SBX_EREFUSED);
  CHECK(said().find("did not take 1") != std::string::npos);
  CHECK(s.host.emitted.empty());
  Source other("stripe", {{"secrets", {{"key", "whsec_of_somebody_else"}}}});
  CHECK(other.replay(kept) < 0);
}

TEST_CASE("a request that is too long to be kept is routed all the same, and the log says so") {
  Source s("github", {{"body", 32u << 20}, {"channel", "c"}});
  const std::string body = "{\"a\":\"" + std::string(9u << 20, 'x') + "\"}";
  const std::string key = secrets_of("github")["key"];
  const std::string signature = webhook::hex_of(webhook::hmac_of(webhook::Hash::kSha256, key, body));
  CallbackRequest r = request("github/valid");
  for (auto &[name, value] : r.headers)
    if (name == "x-hub-signature-256") value = "sha256=" + signature;
  r.body = body;
  s.send(r);
  REQUIRE(s.host.emitted.size() == 1);
  CHECK(s.host.emitted[0].raw_bytes.empty());
  CHECK(s.host.logs.back().text.find("not kept") != std::string::npos);
}
