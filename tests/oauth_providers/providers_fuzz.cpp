// What providers and browsers send: any callback, any answer of a token and a userinfo endpoint, any configuration. The
// first byte says which.  A login ends once, and nothing of an answer but its profile comes out of it.
#include <sbx/json_scan.hpp>
#include <sbx/testing/fake_http_client.hpp>

#include <cstdlib>

#include "plugins/sources/oauth/authorize_url.hpp"
#include "plugins/sources/oauth/exchange.hpp"

namespace {

void want(bool holds) {
  if (!holds) std::abort();
}

const oauth::Provider &provider_of(unsigned char byte) {
  static const auto made = [](const char *preset) {
    const std::string entry = std::string(R"({"preset":")") + preset + R"(","client_id":"c","client_secret":"s"})";
    return *oauth::read_provider("p", entry, nullptr, [](std::string_view, std::string_view) { std::abort(); });
  };
  static const oauth::Provider github = made("github"), wechat = made("wechat"), google = made("google");
  return byte % 3 == 0 ? github : byte % 3 == 1 ? wechat : google;
}

void callback(const oauth::Provider &provider, std::string_view query) {
  const auto params = oauth::read_callback(provider, query);
  want(params.error.empty() || params.error == "denied" || params.error == "provider_error");
  if (params.malformed) return;
  want(params.code.empty() != params.error.empty());
  want(!params.state.empty() && params.state.size() <= oauth::kStateBytesMax);
}

void exchange(const oauth::Provider &provider, std::string_view answers) {
  sbx::testing::FakeHost host;
  auto &web = host.part<sbx::testing::FakeHttpClient>();
  oauth::Exchanges exchanges(sbx::Host(host.get()), 1);
  int ended = 0;
  exchanges.begin(provider, "code", "verifier", "nonce", "https://shop.example/cb", [&](oauth::ExchangeResult r) {
    ++ended;
    want(r.ok == r.reason.empty() && r.ok == !r.profile.subject.empty());
    want(!r.ok || (sbx::json::valid(r.profile.json) && r.profile.json.find("\"access_token\"") == std::string::npos));
  });
  while (!ended && web.waiting() > 0) {
    const std::string_view one = answers.substr(0, answers.find('\n'));
    answers.remove_prefix(std::min(one.size() + 1, answers.size()));
    const uint32_t status = one.empty() || one[0] != '!' ? 200 : 400;
    web.answer(web.newest(), {.status = status, .body = std::string(status == 200 ? one : one.substr(1))});
  }
  host.advance(10 * sbx::kSecondNs);
  want(ended == 1 && exchanges.under_way() == 0);
}

void configuration(std::string_view json) {
  int complaints = 0;
  const auto read = oauth::read_provider(
      "p", json, [](std::string_view path) { return std::optional(std::string(path)); },
      [&](std::string_view, std::string_view text) { want(!text.empty()), ++complaints; });
  want(read.has_value() == (complaints == 0));
  if (read && !read->scene) want(!oauth::authorize_url(*read, {"s", "c", "n", "https://shop.example/cb"}).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char *>(data + 1), size - 1);
  const unsigned char kind = data[0];
  if (kind < 0x40)
    callback(provider_of(kind), rest);
  else if (kind < 0x80)
    exchange(provider_of(kind), rest);
  else
    configuration(rest);
  return 0;
}
