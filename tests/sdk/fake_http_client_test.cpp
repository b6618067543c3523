#include <doctest/doctest.h>

#include <cstring>
#include <sbx/testing/fake_host.hpp>
#include <sbx/testing/fake_http_client.hpp>
#include <string>
#include <vector>

using sbx::kSecondNs;
using sbx::testing::Answer;
using sbx::testing::FakeHost;
using sbx::testing::FakeHttpClient;

namespace {

// Writes down what it was answered.
struct Client {
  FakeHost host;
  FakeHttpClient &web = host.part<FakeHttpClient>();
  const sbx_http_client *table = sbx::Host(host.get()).service<sbx_http_client>();
  std::string happened;

  static void fetched(void *p, sbx_id id, const sbx_fetched *f) noexcept {
    std::string &out = static_cast<Client *>(p)->happened;
    out += std::to_string(id) + ":" + std::to_string(f->status) + "/" + std::to_string(f->http_status);
    for (size_t i = 0; i < f->header_count; ++i)
      out += " " + std::string(sbx::view(f->headers[i].key)) + "=" + std::string(sbx::view(f->headers[i].value));
    out += " " + std::string(sbx::view(f->body)) + std::string(sbx::view(f->text)) + "\n";
  }
  sbx_id get(std::string_view url, std::vector<sbx_attr> headers = {}, std::string_view method = "GET") {
    sbx_fetch f{};
    f.size = sizeof f;
    f.method = sbx::raw(method);
    f.url = sbx::raw(url);
    f.headers = headers.data();
    f.header_count = headers.size();
    return fetch(f);
  }
  sbx_id fetch(const sbx_fetch &f) { return table->fetch(host.get(), &f, fetched, this); }
};

sbx_attr header(std::string_view name, std::string_view value) { return {sbx::raw(name), sbx::raw(value)}; }

}  // namespace

TEST_CASE("a fetch: seen by the test, answered by its id, once") {
  Client c;
  REQUIRE(c.table);
  std::string url = "https://idp.example/token?a=1";
  sbx_fetch f{};
  f.size = sizeof f;
  f.method = sbx::raw("POST");
  f.url = sbx::raw(url);
  const std::vector<sbx_attr> headers{header("Content-Type", "text/plain")};
  f.headers = headers.data();
  f.header_count = headers.size();
  f.body = sbx::raw("hi");
  f.ca = sbx::raw("ca.pem");
  const sbx_id first = c.fetch(f);
  std::memset(url.data(), 'x', url.size());  // R1: it was only lent
  const sbx_id second = c.get("http://[::1]:8080");
  REQUIRE(first != 0);
  REQUIRE(second == c.web.newest());
  CHECK(c.web[first].url == "https://idp.example/token?a=1");
  CHECK(c.web[first].header("content-type") == "text/plain");
  CHECK(c.web[first].body == "hi");
  CHECK(c.web[first].ca == "ca.pem");
  CHECK(c.web[first].timeout_ns == 10 * kSecondNs);
  CHECK(c.web.waiting() == 2);

  c.web.answer(second, {.status = 302, .headers = {{"Location", "/x"}}, .body = "moved"});
  c.web.answer(second, {});
  c.web.fail(first, SBX_EREFUSED, "connection refused");
  CHECK(c.happened == "2:0/302 location=/x moved\n1:-7/0 connection refused\n");
  CHECK(c.web.waiting() == 0);
  CHECK(c.table->cancel(c.host.get(), second) == SBX_ESTALE);
}

TEST_CASE("a fetch that nobody answers times out, one that is cancelled is silent") {
  Client c;
  const sbx_id slow = c.get("http://h/"), cancelled = c.get("http://h/");
  CHECK(c.table->cancel(c.host.get(), cancelled) == SBX_OK);
  CHECK(c.table->cancel(c.host.get(), cancelled) == SBX_ESTALE);
  CHECK(c.table->cancel(c.host.get(), 99) == SBX_ESTALE);
  c.host.advance(10 * kSecondNs - 1);
  CHECK(c.happened.empty());
  c.host.advance(1);
  CHECK(c.happened == std::to_string(slow) + ":-6/0 the server did not answer in time\n");
  c.web.answer(cancelled, {});
  CHECK(c.web[cancelled].state == FakeHttpClient::Fetch::kCancelled);
  CHECK(c.host.timers() == 0);
}

TEST_CASE("an answer prepared beforehand comes in a later turn, a large one not at all") {
  Client c;
  c.web.on_fetch = [](const FakeHttpClient::Fetch &f) -> std::optional<Answer> {
    return Answer{.body = std::string(f.url == "http://h/large" ? (64u << 10) + 1 : 2, 'b')};
  };
  c.get("http://h/");
  CHECK(c.happened.empty());  // R3
  c.host.turn();
  CHECK(c.happened == "1:0/200 bb\n");
  c.get("http://h/large");
  c.host.turn();
  CHECK(c.happened == "1:0/200 bb\n2:-9/0 the answer's body is larger than allowed\n");
}

TEST_CASE("what is no good request, or one too many, is refused") {
  Client c;
  for (const char *url : {"", "h", "ftp://h/", "http://", "http:///x", "http://:80/", "http://u:p@h/",
                          "http://h/\r\nX: y", "http://h/a b", "http://h\\@i/", "http://h/\x7f", "http://h/\xc3\xa4"})
    CHECK_MESSAGE(c.get(url) == 0, url);
  CHECK(c.get(std::string_view("http://h/\0", 10)) == 0);
  for (const char *name :
       {"Host", "content-length", "Transfer-Encoding", "CONNECTION", "Accept-Encoding", "", "a b", "a\r\nb", "a:"})
    CHECK_MESSAGE(c.get("http://h/", {header(name, "v")}) == 0, name);
  for (const char *value : {"a\r\nb: c", "a\n", "\r", "\x01"})
    CHECK_MESSAGE(c.get("http://h/", {header("X", value)}) == 0, value);
  CHECK(c.get("http://h/", {header("X", std::string_view("a\0", 2))}) == 0);
  for (const char *method : {"", "GET ", "G\r\n", "CONNECT"})
    CHECK_MESSAGE(c.get("http://h/", {}, method) == 0, method);
  sbx_fetch f{};
  f.size = sizeof f;
  f.method = sbx::raw("GET");
  f.url = sbx::raw("HTTPS://h/#fragment");
  f.body_max = (4u << 20) + 1;
  CHECK(c.fetch(f) == 0);
  f.body_max = 4u << 20;
  for (int i = 0; i < SBX_FETCHES_MAX; ++i) CHECK(c.fetch(f) != 0);
  CHECK(c.fetch(f) == 0);
  c.web.answer(1, {});
  CHECK(c.fetch(f) != 0);
}
