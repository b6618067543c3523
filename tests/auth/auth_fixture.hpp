// An auth filter on a fake host, with the visitors who ask to be let in, and what they are told.
#pragma once
#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sbx/testing/fake_host.hpp>
#include <sbx/testing/fake_http_client.hpp>
#include <string>
#include <utility>
#include <vector>

extern "C" const sbx_module *sbx_module_v1_auth(uint32_t) noexcept;

namespace auth_test {

using Json = nlohmann::json;
using sbx::testing::Answer;
using sbx::testing::FakeHost;
using sbx::testing::FakeHttpClient;
using sbx::testing::Lent;

// sbx.admission/1: what was answered, by ask.
class FakeAdmission {
 public:
  struct Told {
    sbx_status status;
    uint32_t flags, code;
    std::string principal, member;
    int64_t until_ns, linger_ns;
    bool vouched() const { return (flags & SBX_GRANT_VOUCHED) != 0; }
  };
  std::map<uint64_t, Told> told;

  explicit FakeAdmission(FakeHost &host) { host.provide(SBX_ADMISSION, table()); }

 private:
  static const sbx_admission *table() {
    static const sbx_admission t{
        sizeof(sbx_admission), 0, [](const sbx_host *h, sbx_id ask, const sbx_grant *g) noexcept {
          auto &all = FakeHost::at(h).part<FakeAdmission>().told;
          if (!all.emplace(ask, Told{g->status, g->flags, g->code, std::string(sbx::view(g->principal)),
                                     std::string(sbx::view(g->member)), g->until_ns, g->linger_ns})
                   .second)
            sbx::testing::fault("an ask was answered twice");
        }};
    return &t;
  }
};

// Who asks, and with what.
struct Visitor {
  std::string auth = {};  // of the subscribe message
  std::string id = "V1", peer = "203.0.113.7", connect_auth = {}, token = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  bool introduced = true;
};

struct AuthFixture {
  FakeHost host{1, "members"};
  FakeHttpClient &web = host.part<FakeHttpClient>();
  FakeAdmission &admission = host.part<FakeAdmission>();
  std::optional<sbx::testing::Plugin> plugin;
  uint64_t last_ask = 0;

  explicit AuthFixture(const Json &config) {
    plugin.emplace(host, sbx_module_v1_auth(0)->plugins[0], config.dump());
    if (plugin->created()) REQUIRE(plugin->start() == SBX_OK);
  }

  // Shows somebody to the filter; the ask's number.
  uint64_t ask(const std::string &channel, const Visitor &who = {}) {
    const auto *keeper = plugin->extension<sbx_gatekeeper>(SBX_ADMISSION);
    REQUIRE(keeper);
    const Lent name(channel), auth(who.auth), id(who.id), peer(who.peer), connect(who.connect_auth), token(who.token);
    std::deque<Lent> lent;
    std::vector<sbx_attr> headers;
    for (const auto &[key, value] : who.headers)
      headers.push_back({lent.emplace_back(key).str(), lent.emplace_back(value).str()});
    const sbx_visitor visitor{sizeof(sbx_visitor), 0,           id.str(),       peer.str(),
                              connect.str(),       token.str(), headers.data(), headers.size()};
    const sbx_join join{sizeof(sbx_join), 0, name.str(), auth.str(), who.introduced ? &visitor : nullptr};
    last_status = host.call([&] { return keeper->admit(plugin->self(), ++last_ask, &join); });
    return last_ask;
  }
  sbx_status last_status = SBX_EINTERNAL;

  bool answered(uint64_t ask) const { return admission.told.contains(ask); }
  const FakeAdmission::Told &told(uint64_t ask) const {
    REQUIRE(answered(ask));
    return admission.told.at(ask);
  }
  // Admitted, and vouched for?
  bool in(uint64_t ask) const { return told(ask).status == SBX_OK && told(ask).vouched(); }
  // Refused: with which code?
  uint32_t out(uint64_t ask) const {
    REQUIRE(told(ask).status == SBX_EREFUSED);
    return told(ask).code;
  }
  double refused(const char *reason) const { return host.metric("signalbox_auth_refused_total", reason); }
};

// A file with one laravel rule for everything, as the schema leaves it.
inline Json laravel_config(const Json &more = Json::object()) {
  Json laravel{{"endpoint", "http://127.0.0.1:8000/broadcasting/auth"}, {"timeout", 5000}, {"cache", 0}};
  laravel.update(more);
  return {{"rules", {{{"channels", {"*"}}, {"laravel", laravel}}}}};
}

inline std::string echo_headers(const Json &headers) { return Json{{"headers", headers}}.dump(); }

}  // namespace auth_test
