// FakeHttpClient: sbx.http_client/1 without sockets.  The test is the server: it looks at what the plugin fetches and
// answers it, lets it fail, or lets time pass until it times out.  It refuses what the real one refuses.
//
//   auto &web = host.part<FakeHttpClient>();              // then the plugin fetches
//   CHECK(web[web.newest()].url == "https://idp/token");  // ... this
//   web.answer(web.newest(), {.status = 200, .body = "{}"});
//
// answer() and fail() end with a turn of the host; a fetch that was cancelled is not called.  A test with many fetches
// sets on_fetch, which is asked for an answer when the fetch is made; the answer comes in the next turn.
#pragma once
#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake_host.hpp"

namespace sbx::testing {

// What a server answers.
struct Answer {
  uint32_t status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

class FakeHttpClient {
 public:
  struct Fetch {
    std::string method, url;  // as the plugin wrote them
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body, ca;
    int64_t timeout_ns = 0;  // with the defaults filled in, as the next one
    uint64_t body_max = 0;
    enum State { kWaiting, kAnswered, kCancelled } state = kWaiting;

    // The first one of that name, in any case; empty if there is none.
    std::string header(std::string_view name) const {
      for (const auto &[key, value] : headers)
        if (lower(key) == lower(name)) return value;
      return {};
    }

   private:
    friend class FakeHttpClient;
    void (*fn)(void *, sbx_id, const sbx_fetched *) SBX_NX = nullptr;
    void *user = nullptr;
    sbx_id timeout = 0;
  };

  // Asked for every good fetch when it is set; nothing = the test answers it later.
  std::function<std::optional<Answer>(const Fetch &)> on_fetch;

  explicit FakeHttpClient(FakeHost &host) : host_(host) { host.provide(SBX_HTTP_CLIENT, table()); }

  size_t fetches() const { return fetches_.size(); }  // that were good, since the beginning
  sbx_id newest() const { return fetches_.size(); }   // 0 = nothing was fetched yet
  size_t waiting() const {
    return static_cast<size_t>(
        std::count_if(fetches_.begin(), fetches_.end(), [](const Fetch &f) { return f.state == Fetch::kWaiting; }));
  }
  // REQUIRES: the id of a fetch that was made, waiting or not
  Fetch &operator[](sbx_id id) {
    if (id == 0 || id > fetches_.size()) fault("no such fetch was made");
    return fetches_[id - 1];
  }

  // The server's whole answer.  One with a larger body than the plugin wants becomes ETOOBIG, as from the real one.
  void answer(sbx_id id, const Answer &a) {
    deliver(id, a);
    host_.turn();
  }
  // There is no answer: EREFUSED, ETIMEOUT, EPROTO, ETOOBIG or ECLOSED.
  void fail(sbx_id id, sbx_status why, std::string_view text = "the exchange failed") {
    if (why >= 0) fault("fail() with a status that is no error");
    finish(id, why, {.status = 0}, text);
    host_.turn();
  }

 private:
  static constexpr uint64_t kBodyMax = 4u << 20, kBodyDefault = 64u << 10;

  static FakeHttpClient &at(const sbx_host *h) { return FakeHost::at(h).part<FakeHttpClient>(); }
  static std::string lower(std::string_view text) {
    std::string out(text);
    for (char &c : out)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    return out;
  }
  static bool token(std::string_view text) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
             kMarks.find(c) != std::string_view::npos;
    });
  }
  static bool good_url(std::string_view url) {
    const std::string scheme = lower(url.substr(0, 8));
    if (scheme.substr(0, 7) != "http://" && scheme != "https://") return false;
    std::string_view rest = url.substr(scheme == "https://" ? 8 : 7);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    if (authority.empty() || authority[0] == ':' || authority.find('@') != std::string_view::npos) return false;
    return std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7f && c != '\\'; });
  }
  static bool good_header(const sbx_attr &h) {
    constexpr std::string_view kOurs[] = {
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "expect",
        "te",   "trailer",        "accept-encoding"};
    const std::string name = lower(view(h.key));
    const std::string_view value = view(h.value);
    return token(name) && std::find(std::begin(kOurs), std::end(kOurs), name) == std::end(kOurs) &&
           std::all_of(value.begin(), value.end(),
                       [](unsigned char c) { return (c >= ' ' && c != 0x7f) || c == '\t'; });
  }
  static bool good(const sbx_fetch &f) {
    return token(view(f.method)) && view(f.method) != "CONNECT" && good_url(view(f.url)) &&
           std::all_of(f.headers, f.headers + f.header_count, good_header) && f.body.len <= kBodyMax &&
           f.body_max <= kBodyMax && f.timeout_ns >= 0 && f.flags == 0;
  }

  sbx_id fetch(const sbx_fetch &f, void (*fn)(void *, sbx_id, const sbx_fetched *) SBX_NX, void *user) {
    if (host_.creating() || !fn || !good(f) || waiting() >= SBX_FETCHES_MAX) return 0;
    Fetch &made = fetches_.emplace_back();
    const sbx_id id = fetches_.size();
    made.method = view(f.method);
    made.url = view(f.url);
    for (size_t i = 0; i < f.header_count; ++i)
      made.headers.emplace_back(view(f.headers[i].key), view(f.headers[i].value));
    made.body = view(f.body);
    made.ca = view(f.ca);
    made.timeout_ns = f.timeout_ns > 0 ? f.timeout_ns : 10 * kSecondNs;
    made.body_max = f.body_max > 0 ? f.body_max : kBodyDefault;
    made.fn = fn;
    made.user = user;
    made.timeout = host_.after(
        made.timeout_ns, [this, id] { finish(id, SBX_ETIMEOUT, {.status = 0}, "the server did not answer in time"); });
    if (!on_fetch) return id;
    if (auto prepared = on_fetch(made)) host_.later([this, id, a = std::move(*prepared)] { deliver(id, a); });
    return id;
  }
  void deliver(sbx_id id, const Answer &a) {
    if (a.status < 200 || a.status > 999) fault("a server's answer has a status from 200 on");
    if (a.body.size() > (*this)[id].body_max)
      finish(id, SBX_ETOOBIG, {.status = 0}, "the answer's body is larger than allowed");
    else
      finish(id, SBX_OK, a, {});
  }
  void finish(sbx_id id, sbx_status status, const Answer &a, std::string_view text) {
    Fetch &f = (*this)[id];
    if (f.state != Fetch::kWaiting) return;
    f.state = Fetch::kAnswered;
    host_.cancel_timer(f.timeout);
    std::deque<Lent> kept;
    const auto lend = [&kept](std::string_view s) { return kept.emplace_back(s).str(); };
    std::vector<sbx_attr> headers;
    for (const auto &[key, value] : a.headers) headers.push_back({lend(lower(key)), lend(value)});
    const sbx_fetched out{sizeof(sbx_fetched), status,         a.status,     0,
                          headers.data(),      headers.size(), lend(a.body), lend(text)};
    host_.call([&] { f.fn(f.user, id, &out); });
  }
  static const sbx_http_client *table() {
    static const sbx_http_client t{
        sizeof(sbx_http_client), 0,
        [](const sbx_host *h, const sbx_fetch *f, void (*fn)(void *, sbx_id, const sbx_fetched *) SBX_NX,
           void *user) noexcept -> sbx_id {
          if (f->size < sizeof(sbx_fetch)) fault("R5: a fetch without its size");
          return at(h).fetch(*f, fn, user);
        },
        [](const sbx_host *h, sbx_id id) noexcept -> sbx_status {
          FakeHttpClient &c = at(h);
          if (id == 0 || id > c.fetches_.size() || c[id].state != Fetch::kWaiting) return SBX_ESTALE;
          c[id].state = Fetch::kCancelled;
          c.host_.cancel_timer(c[id].timeout);
          return SBX_OK;
        }};
    return &t;
  }

  FakeHost &host_;
  std::deque<Fetch> fetches_;
};

}  // namespace sbx::testing
