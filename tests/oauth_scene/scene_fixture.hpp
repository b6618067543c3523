// One login page that waits, an official account's server, and phones: around a ScenePush with the real table of waits
// and the real flow, on virtual time.
#pragma once
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <sbx/testing/fake_host.hpp>
#include <string>
#include <utility>
#include <vector>

#include "plugins/sources/oauth/exchange.hpp"
#include "plugins/sources/oauth/flow.hpp"
#include "plugins/sources/oauth/scene_push.hpp"
#include "plugins/sources/oauth/tickets.hpp"
#include "plugins/sources/oauth/waits.hpp"
#include "tests/oauth_scene/wechat.hpp"

namespace scene_test {

using Headers = std::vector<std::pair<std::string, std::string>>;
inline constexpr const char *kOrigin = "https://shop.example";
inline constexpr int64_t kLifetimeNs = 120 * sbx::kSecondNs;
inline const Headers kFromOwnPage = {{"sec-fetch-site", "same-origin"}};

// A request's head, lent for one call.
class Head {
 public:
  Head(std::string method, std::string query, Headers headers = {}, std::string origin = {})
      : method_(std::move(method)), query_(std::move(query)), origin_(std::move(origin)), headers_(std::move(headers)) {
    if (!origin_.empty()) headers_.emplace_back("origin", origin_);
    for (const auto &[name, value] : headers_) raw_.push_back({sbx::raw(name), sbx::raw(value)});
    request.size = sizeof request;
    request.method = sbx::raw(method_);
    request.query = sbx::raw(query_);
    request.peer = sbx::raw("198.51.100.7");
    request.origin = sbx::raw(origin_);
    request.headers = raw_.data();
    request.header_count = raw_.size();
  }
  sbx_request request{};

 private:
  std::string method_, query_, origin_;
  Headers headers_;
  std::vector<sbx_attr> raw_;
};

struct SceneFixture {
  explicit SceneFixture(Wechat account = {}) : wechat(std::move(account)) {
    host.wall_offset_ns = kNow * sbx::kSecondNs - host.now_ns;
    provider.name = "wechat_mp";
    provider.preset = "wechat-scene";
    provider.scene = true;
    provider.scene_secrets = {wechat.token, wechat.appid, wechat.encoding_aes_key(), "Shop"};
    scene = make();
    REQUIRE(scene);
  }
  std::unique_ptr<oauth::ScenePush> make() {
    return oauth::ScenePush::make(
        h, provider, {kOrigin, "/login"}, waits, flow,
        [this](std::string_view where, std::string_view what) { complaints.emplace_back(where, what); });
  }
  // What POST start does for a scene provider; the page makes a code of what comes back.
  std::string start(const std::string &by = "wechat_mp") {
    oauth::WaitSecrets secrets;
    oauth::NewWait made;
    made.provider = by;
    made.peer = "203.0.113.9";
    made.scene = true;
    made.lifetime_ns = kLifetimeNs;
    oauth::Wait &wait = waits.make(made, secrets);
    flow.arm();
    id = wait.id;
    number = wait.number;
    return wait.scene;
  }
  oauth::Answer push(const Push &what, const Headers &headers = {{"content-type", "text/xml"}}) {
    const Head head("POST", what.query, headers);
    return scene->push(head.request, what.body, wall_ns());
  }
  // The chat's message in answer to this push; nothing when there is none.
  std::optional<std::string> chat(const std::string &inside) {
    const oauth::Answer answer = push(wechat.push(inside, wall_ns() / sbx::kSecondNs));
    CHECK(answer.status == 200);
    if (answer.body == "success") return std::nullopt;
    CHECK(answer.content_type == "text/xml");
    return cut(wechat.open(answer.body), "Content");
  }
  // The same for a scan; what comes back is the link's query.
  std::string scan(const std::string &scene_text, const std::string &openid = "oPhone",
                   const std::string &event = "SCAN") {
    const auto content = chat(event_xml(openid, event, scene_text, wall_ns() / sbx::kSecondNs));
    if (!content) return {};
    const std::string link = std::string(kOrigin) + "/login/wechat_mp/confirm?";
    const size_t at = content->find(link);
    return at == std::string::npos ? std::string() : content->substr(at + link.size());
  }
  oauth::Answer open(const std::string &query, const std::string &method = "GET", const std::string &body = {},
                     const Headers &headers = {}, const std::string &origin = {}) {
    const Head head(method, query, headers, origin);
    answers.clear();
    scene->confirm(head.request, body, [this](oauth::Answer answer) { answers.push_back(std::move(answer)); });
    return answers.empty() ? oauth::Answer{0, {}, {}} : answers.back();
  }
  // The form of a page, with one of its buttons pressed.
  static std::string form(const oauth::Answer &page, const std::string &choice) {
    const auto hidden = [&](const std::string &name) {
      const std::string mark = "name=\"" + name + "\" value=\"";
      const size_t from = page.body.find(mark);
      REQUIRE(from != std::string::npos);
      return page.body.substr(from + mark.size(), page.body.find('"', from + mark.size()) - from - mark.size());
    };
    return "c=" + hidden("c") + "&t=" + hidden("t") + "&n=" + choice;
  }
  oauth::Answer post(const std::string &body) { return open({}, "POST", body, kFromOwnPage, kOrigin); }
  // Everything that was emitted is on disk.
  void acknowledge(sbx_status status = SBX_OK) {
    for (const uint64_t event : std::exchange(unacknowledged(), {})) {
      const sbx_receipt receipt{sizeof(sbx_receipt), status, {}};
      flow.on_ack(event, receipt);
    }
    host.turn();
  }
  std::vector<uint64_t> &unacknowledged() {
    for (; read < host.emitted.size(); ++read)
      if (host.emitted[read].ack != 0) acks.push_back(host.emitted[read].ack);
    return acks;
  }
  std::vector<std::string> events() const {
    std::vector<std::string> names;
    for (const auto &event : host.emitted) names.push_back(event.name);
    return names;
  }
  nlohmann::json last_data() const { return nlohmann::json::parse(host.emitted.back().data); }
  int64_t wall_ns() const { return host.now_ns + host.wall_offset_ns; }
  oauth::WaitState state() { return waits.by_id(id)->state; }

  Wechat wechat;
  sbx::testing::FakeHost host{7, "login"};
  sbx::Host h{host.get()};
  const sbx_loop &loop = *h.service<sbx_loop>();
  oauth::Provider provider;
  oauth::Waits waits{h, loop, "login.{id}", {1000, 100}};
  oauth::Tickets tickets{h, loop, 60 * sbx::kSecondNs, 100};
  oauth::Flow flow{h, loop, waits, tickets, {{}, 60 * sbx::kSecondNs}};
  std::vector<std::pair<std::string, std::string>> complaints;
  std::unique_ptr<oauth::ScenePush> scene;
  std::vector<oauth::Answer> answers;
  std::string id, number;
  std::vector<uint64_t> acks;
  size_t read = 0;
};

}  // namespace scene_test
