// The options of a `laravel` rule.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "plugins/filters/auth/options.hpp"

namespace auth {
namespace {

using Json = nlohmann::json;

constexpr int64_t kTimeoutMs = 5'000, kWaitMs = 60'000, kCacheMs = 5'000;
constexpr int64_t kTimeoutMinMs = 100, kCacheMaxMs = 300'000;
// The host refuses what takes longer than SBX_ADMISSION_NS; the answer has to be there by then.
constexpr int64_t kTogetherMaxMs = SBX_ADMISSION_NS / sbx::kMillisecondNs - 5'000;
constexpr size_t kConcurrency = 32, kQueue = 20'000;

std::vector<std::string> texts_of(const Json &value) {
  if (value.is_string()) return {value.get<std::string>()};
  return value.is_array() ? value.get<std::vector<std::string>>() : std::vector<std::string>();
}

// What the request says itself, what the HTTP client says, and what only a proxy may say.
bool not_for_clients(const std::string &name) {
  static const std::vector<std::string> kOurs = {"accept",
                                                 "accept-encoding",
                                                 "connection",
                                                 "content-encoding",
                                                 "content-length",
                                                 "content-type",
                                                 "cookie",
                                                 "expect",
                                                 "forwarded",
                                                 "host",
                                                 "keep-alive",
                                                 "te",
                                                 "trailer",
                                                 "transfer-encoding",
                                                 "upgrade",
                                                 "via",
                                                 "x-http-method-override",
                                                 "x-real-ip",
                                                 "x-requested-with"};
  return name.starts_with("x-forwarded-") || name.starts_with("proxy-") || name.starts_with("content-") ||
         std::find(kOurs.begin(), kOurs.end(), name) != kOurs.end();
}

class LaravelReader {
 public:
  LaravelReader(sbx::Host host, const Json &json, const std::string &where) : host_(host), json_(json), where_(where) {}

  std::optional<LaravelOptions> read() {
    read_headers();
    read_cookies();
    read_endpoints();
    read_times();
    out_.concurrency = json_.value("concurrency", kConcurrency);
    out_.queue = json_.value("queue", kQueue);
    out_.forward_address = json_.value("forward_address", false);
    out_.ca = json_.value("ca", "");
    return fine_ ? std::optional(std::move(out_)) : std::nullopt;
  }

 private:
  void problem(const std::string &pointer, std::string_view text) {
    host_.problem(where_ + pointer, text);
    fine_ = false;
  }

  void read_headers() {
    const Json given = json_.value("headers", Json{"authorization", "x-csrf-token", "x-xsrf-token", "accept-language"});
    for (const std::string &name : texts_of(given)) {
      const std::string pointer = "/headers/" + std::to_string(out_.headers.size());
      out_.headers.push_back(lower(name));
      if (!is_token(name))
        problem(pointer, "this is no name of a header");
      else if (name.size() == 6 && lower(name) == "cookie")
        problem(pointer, "a page's cookies come from its handshake; what is forwarded of them says cookies:");
      else if (not_for_clients(out_.headers.back()))
        problem(pointer, "clients may not set this header; take it off the list");
    }
  }

  void read_cookies() {
    const Json given = json_.value("cookies", Json(true));
    out_.all_cookies = given.is_boolean() && given.get<bool>();
    out_.cookies = texts_of(given);
    for (size_t i = 0; i < out_.cookies.size(); ++i)
      if (!is_token(out_.cookies[i])) problem("/cookies/" + std::to_string(i), "this is no name of a cookie");
  }

  void read_endpoints() {
    const Json given = json_.value("endpoint", Json());
    const std::vector<std::string> urls = texts_of(given);
    std::vector<Endpoint> endpoints;
    for (size_t i = 0; i < urls.size(); ++i) {
      const std::string pointer = given.is_string() ? "/endpoint" : "/endpoint/" + std::to_string(i);
      const auto endpoint = parse_endpoint(urls[i]);
      if (!endpoint) {
        problem(pointer,
                "write a URL with http:// or https://, without user information, as "
                "\"http://127.0.0.1:8000/broadcasting/auth\"");
        continue;
      }
      const bool secrets = out_.all_cookies || !out_.cookies.empty() || !out_.headers.empty();
      if (endpoint->readable_on_the_way() && secrets)
        host_.warning(where_ + pointer,
                      "cookies and headers of clients go to another machine over plain http, readable for everybody on "
                      "the way; take https");
      endpoints.push_back(*endpoint);
    }
    if (urls.empty()) problem("/endpoint", "no endpoint is given, so nobody could be asked; write its URL");
    out_.endpoints = Endpoints(std::move(endpoints));
  }

  void read_times() {
    const int64_t timeout_ms = json_.value("timeout", kTimeoutMs), wait_ms = json_.value("wait", kWaitMs);
    const int64_t cache_ms = json_.value("cache", kCacheMs);
    if (timeout_ms < kTimeoutMinMs) problem("/timeout", "timeout must be at least 100ms");
    if (wait_ms < 1) problem("/wait", "wait must be at least 1ms");
    if (timeout_ms + wait_ms > kTogetherMaxMs)
      problem("/wait", "wait and timeout together must be at most 115s, because nobody waits longer to be let in");
    if (cache_ms > kCacheMaxMs)
      problem("/cache", "cache must be at most 5m: so long a revoked right would still count");
    out_.timeout_ns = timeout_ms * sbx::kMillisecondNs;
    out_.wait_ns = wait_ms * sbx::kMillisecondNs;
    out_.cache_ns = cache_ms * sbx::kMillisecondNs;
  }

  sbx::Host host_;
  const Json &json_;
  const std::string where_;
  LaravelOptions out_;
  bool fine_ = true;
};

}  // namespace

std::optional<LaravelOptions> read_laravel(sbx::Host host, std::string_view options_json, const std::string &where) {
  const Json json = Json::parse(options_json);
  return LaravelReader(host, json, where).read();
}

}  // namespace auth
