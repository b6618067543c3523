// The phone's pages: escaped, without script, and with the headers that keep them alone in their window.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include <sbx/testing/fake_host.hpp>
#include "plugins/sources/oauth/scene_pages.hpp"
#include "tests/oauth_scene/wechat.hpp"

using namespace oauth;

namespace {

std::string header(const Answer &answer, std::string_view name) {
  for (const auto &[key, value] : answer.headers)
    if (key == name) return value;
  return {};
}
Answer choice(std::string_view site) {
  return choice_page({site, "203.0.113.9", scene_test::kNow * sbx::kSecondNs, "secret", "token", {"11", "22", "33"}});
}

}  // namespace

TEST_CASE("the page shows who asks, from where and when, and three numbers") {
  const Answer page = choice("Shop");
  CHECK(page.status == 200);
  CHECK(page.content_type == "text/html; charset=utf-8");
  for (const char *part : {"<h1>Shop</h1>", "203.0.113.9", "2025-10-09 08:53 UTC", "value=\"11\"", "value=\"22\"",
                           "value=\"33\"", "value=\"no\"", "method=\"post\""}) {
    CAPTURE(part);
    CHECK(page.body.find(part) != std::string::npos);
  }
}

TEST_CASE("a site's name is text on the page and never markup") {
  const Answer page = choice("<script>alert(1)</script>\"'&");
  CHECK(page.body.find("<script") == std::string::npos);
  CHECK(page.body.find("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;") != std::string::npos);
}

TEST_CASE("every page forbids scripts, frames and foreign forms") {
  std::vector<Answer> pages = {choice("Shop")};
  for (const Notice n : {Notice::kDone, Notice::kDenied, Notice::kWrongNumber, Notice::kOver, Notice::kRefused,
                         Notice::kNotSaved, Notice::kMethod})
    pages.push_back(notice_page(n));
  for (const Answer &page : pages) {
    const std::string csp = header(page, "content-security-policy");
    CHECK(csp.starts_with("default-src 'none'; style-src 'sha256-"));
    CHECK(csp.find("frame-ancestors 'none'") != std::string::npos);
    CHECK(csp.find("form-action 'self'") != std::string::npos);
    CHECK(csp.find("unsafe") == std::string::npos);
    CHECK(header(page, "x-frame-options") == "DENY");
    CHECK(header(page, "referrer-policy") == "strict-origin");
    CHECK(page.body.find("<script") == std::string::npos);
    CHECK(page.body.find("href") == std::string::npos);
    CHECK(page.body.find("http") == std::string::npos);
  }
}

TEST_CASE("the style's hash is that of the style in the page") {
  const Answer page = choice("Shop");
  const std::string style = scene_test::cut(page.body, "style");
  unsigned char digest[32];
  EVP_Digest(style.data(), style.size(), digest, nullptr, EVP_sha256(), nullptr);
  const std::string hash = scene_test::base64({reinterpret_cast<const char *>(digest), sizeof digest});
  CHECK(header(page, "content-security-policy").find("'sha256-" + hash + "'") != std::string::npos);
}

TEST_CASE("a method that is not taken is told which ones are") {
  CHECK(notice_page(Notice::kMethod).status == 405);
  CHECK(header(notice_page(Notice::kMethod), "allow") == "GET, POST");
}

TEST_CASE("the three numbers differ, hold the right one, and stay the same for a wait") {
  sbx::testing::FakeHost host;
  const SceneKeys keys(sbx::Host(host.get()), *sbx::Host(host.get()).service<sbx_loop>());
  std::array<size_t, 3> places{};
  for (int i = 0; i < 900; ++i) {
    const std::string id = "wait" + std::to_string(i), number = std::to_string(10 + i % 90);
    const Choices three = keys.choices(id, number);
    CHECK(std::set<std::string>(three.begin(), three.end()).size() == 3);
    for (const std::string &one : three) CHECK(one.size() == 2);
    const auto at = std::find(three.begin(), three.end(), number);
    REQUIRE(at != three.end());
    ++places[size_t(at - three.begin())];
    CHECK(keys.choices(id, number) == three);
  }
  for (const size_t n : places) CHECK(n > 200);
}

TEST_CASE("secrets differ for each wait, each use and each process") {
  sbx::testing::FakeHost host(1), other(2);
  const auto loop = [](sbx::testing::FakeHost &h) -> const sbx_loop & {
    return *sbx::Host(h.get()).service<sbx_loop>();
  };
  const SceneKeys a(sbx::Host(host.get()), loop(host)), b(sbx::Host(other.get()), loop(other));
  const std::set<std::string> all = {a.link_secret("1"), a.link_secret("2"), a.form_token("1"), b.link_secret("1")};
  CHECK(all.size() == 4);
  for (const std::string &one : all) CHECK(one.size() == 32);
}
