#include "plugins/sources/redis/options.hpp"

#include <nlohmann/json.hpp>

namespace redis {
namespace {

using Json = nlohmann::json;

// Each name costs Redis and us memory, and a subscription to all of them a round of commands at every reconnect.
constexpr size_t kNamesMax = 10'000;

// Reports problems and remembers that there were some.
class Judge {
 public:
  explicit Judge(sbx::Host host) : host_(host) {}
  void problem(std::string_view where, std::string_view what) {
    host_.problem(where, what);
    fine_ = false;
  }
  bool fine() const { return fine_; }

 private:
  sbx::Host host_;
  bool fine_ = true;
};

// The host fills in defaults from the schema; the ones here are the same, so that tests can leave them out.
int64_t duration_ns(const Json &with, const char *key, int64_t default_ms) {
  return with.value(key, default_ms) * sbx::kMillisecondNs;
}

std::vector<std::string> names(const Json &with, const char *key, Judge &judge) {
  auto list = with.value(key, std::vector<std::string>{});
  if (list.size() > kNamesMax) judge.problem(std::string("/") + key, "more than 10000 names; use patterns");
  return list;
}

void read_tls(const Json &with, Options &o, Judge &judge) {
  if (!with.contains("tls")) return;
  const Json &tls = with["tls"];
  o.tls = {tls.value("ca", ""), tls.value("certificate", ""), tls.value("key", ""), tls.value("server_name", ""),
           tls.value("insecure", false)};
  bool any = o.tls.insecure || !(o.tls.ca + o.tls.certificate + o.tls.key + o.tls.server_name).empty();
  if (any && !o.url.tls && !o.url.dial.empty())
    judge.problem("/tls", "the url has no TLS; write rediss:// instead of redis://, or remove tls");
  if (o.tls.certificate.empty() != o.tls.key.empty())
    judge.problem("/tls", "a client certificate needs both certificate and key");
}

void read_login(const Json &with, Options &o, Judge &judge) {
  std::string username = with.value("username", ""), password = with.value("password", "");
  if (!username.empty() && !o.url.username.empty()) judge.problem("/username", "the url names a user too; say it once");
  if (!password.empty() && !o.url.password.empty())
    judge.problem("/password", "the url holds a password too; say it once");
  o.session.username = username.empty() ? o.url.username : username;
  o.session.password = password.empty() ? o.url.password : password;
  if (!o.session.username.empty() && o.session.password.empty())
    judge.problem(username.empty() ? "/url" : "/username", "a user needs a password");
}

void read_times(const Json &with, Options &o, Judge &judge) {
  Json backoff = with.value("backoff", Json::object());
  o.connect_timeout_ns = o.session.setup_timeout_ns = duration_ns(with, "connect_timeout", 10'000);
  o.session.ping_interval_ns = duration_ns(with, "ping_interval", 15'000);
  o.session.ping_timeout_ns = duration_ns(with, "ping_timeout", 5'000);
  o.backoff_min_ns = duration_ns(backoff, "min", 100);
  o.backoff_max_ns = duration_ns(backoff, "max", 30'000);
  for (const char *key : {"connect_timeout", "ping_interval", "ping_timeout"})
    if (with.value(key, int64_t{1}) <= 0)
      judge.problem(std::string("/") + key, std::string(key) + " must be longer than nothing");
  if (o.backoff_min_ns <= 0) judge.problem("/backoff/min", "backoff.min must be longer than nothing");
  if (o.backoff_max_ns < o.backoff_min_ns) judge.problem("/backoff/max", "backoff.max is less than backoff.min");
}

}  // namespace

std::optional<Options> read_options(sbx::Host host, std::string_view config_json) {
  const Json with = Json::parse(config_json);
  Judge judge(host);
  Options o;
  auto url = parse_url(with.value("url", ""));
  if (auto *error = std::get_if<UrlError>(&url))
    judge.problem("/url", "this is no redis address: " + error->text);
  else
    o.url = std::get<Url>(url);
  o.session.db = o.url.db;
  o.channels = names(with, "channels", judge);
  o.patterns = names(with, "patterns", judge);
  if (o.channels.empty() && o.patterns.empty())
    judge.problem("", "nothing to subscribe to; set patterns (\"*\" is everything) or channels");
  o.prefix = with.value("prefix", "");
  o.codec = with.value("codec", "laravel") == "raw" ? Codec::kRaw : Codec::kLaravel;
  o.keep_socket = with.value("keep_socket", false);
  o.session.payload_max = with.value("payload_max", size_t{1} << 20);
  if (o.session.payload_max == 0) judge.problem("/payload_max", "payload_max must be at least one byte");
  read_tls(with, o, judge);
  read_login(with, o, judge);
  read_times(with, o, judge);
  if (!judge.fine()) return std::nullopt;
  return o;
}

}  // namespace redis
