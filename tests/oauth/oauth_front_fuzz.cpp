// Whatever strangers can send to the source: requests with any path, query, cookie and body, offers for admission, and
// addresses to return to.  The first byte says which; lines of the rest are the parts.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sources/oauth/gatekeeper.hpp"
#include "plugins/sources/oauth/peers.hpp"
#include "plugins/sources/oauth/return_to.hpp"
#include "tests/oauth/source_config.hpp"

namespace {

using sbx::testing::FakeHost;
using sbx::testing::FakeHttp;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  lines.resize(6);
  return lines;
}

void check(bool holds) {
  if (!holds) std::abort();
}

void try_return_to(const std::string &wanted) {
  static const oauth::ReturnTo to("https://shop.example", {"https://app.example"});
  const auto resolved = to.resolve(wanted);
  if (!resolved) return;
  const std::string_view origin = oauth::origin_of(*resolved);
  check(origin == "https://shop.example" || origin == "https://app.example");
  for (const char c : *resolved) check(c > ' ' && c < 0x7f && c != '\\');
}

struct Source {
  FakeHost host{1, "login"};
  FakeHttp &http = host.part<FakeHttp>();
  sbx::testing::FakeHttpClient &web = host.part<sbx::testing::FakeHttpClient>();
  sbx::testing::FakeFiles &files = host.part<sbx::testing::FakeFiles>();
  sbx::testing::Plugin plugin{host, sbx_module_v1_oauth(0)->plugins[0], oauth_test::config_json().dump()};
  Source() { check(plugin.created() && plugin.start() == SBX_OK); }
};

void try_request(const std::vector<std::string> &parts) {
  Source source;
  sbx::testing::Request r;
  r.method = parts[0];
  r.path = "/login/" + parts[1];
  r.query = parts[2];
  r.headers = {{"cookie", parts[3]}, {"content-type", parts[4]}};
  r.origin = oauth_test::kOrigin;
  r.body = parts[5];
  const sbx_id id = source.http.request(r);
  source.host.turn();
  // A stranger's request asks no provider and tells nobody anything.
  check(source.web.fetches() == 0);
  check(source.host.emitted.empty());
  check(source.http[id].status != 303);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  const std::string rest(reinterpret_cast<const char *>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      try_return_to(rest);
      break;
    case 1:
      check(oauth::read_offer(rest).size() <= 128);
      break;
    case 2:
      oauth::network_of(rest);
      break;
    default:
      try_request(lines_of(rest));
  }
  return 0;
}
