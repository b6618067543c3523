#include "plugins/sources/webhook/options.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace webhook {
namespace {

using Json = nlohmann::json;

// Two are needed to change a key; every request is compared with all of them.
constexpr size_t kKeysMax = 16;
// Header lines have a limit of their own, and nobody types a key.
constexpr size_t kKeyMax = 512;
// Shorter ones can be tried out over the network.
constexpr size_t kKeyAdvised = 16;
// Options that mean nothing to publish.
constexpr const char *kCallbackOnly[] = {"channel",   "event",    "data",    "public_url",
                                         "tolerance", "keep_raw", "api_url", "confirm"};
// A caller that tries again after a year has another problem.
constexpr int64_t kDedupeMaxMs = int64_t{366} * 24 * 3600 * 1000;

// Reports problems and remembers that there were some.
class Judge {
 public:
  Judge(const Complain &complain, const Complain &advise) : complain_(complain), advise_(advise) {}
  void problem(const std::string &where, const std::string &what) {
    complain_(where, what);
    fine_ = false;
  }
  void warning(const std::string &where, const std::string &what) { advise_(where, what); }
  bool fine() const { return fine_; }

 private:
  const Complain &complain_;
  const Complain &advise_;
  bool fine_ = true;
};

// RFC 9110 section 5.5: what a header's value can carry without being changed on the way.
bool can_travel(std::string_view key) {
  return std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

void judge_key(const std::string &where, const std::string &key, Judge &judge) {
  if (key.empty()) return judge.problem(where, "the key is empty, so anybody could publish; set one");
  if (key.size() > kKeyMax) return judge.problem(where, "the key is longer than 512 characters; take a shorter one");
  if (!can_travel(key))
    return judge.problem(where, "no request can show this key: a header carries only visible ASCII without blanks");
  if (key.size() < kKeyAdvised)
    judge.warning(where, "the key has fewer than 16 characters and could be guessed; take a longer, random one");
}

std::vector<std::string> read_keys(const Json &with, Judge &judge) {
  const Json key = with.value("secrets", Json::object()).value("key", Json());
  std::vector<std::string> keys;
  if (key.is_string()) {
    keys.push_back(key);
    judge_key("/secrets/key", keys[0], judge);
    return keys;
  }
  if (key.is_array()) keys = key.get<std::vector<std::string>>();
  if (keys.empty()) judge.problem("/secrets/key", "no key is given, so nobody could publish; set one");
  if (keys.size() > kKeysMax) judge.problem("/secrets/key", "more than 16 keys; remove those that are out of use");
  for (size_t i = 0; i < keys.size(); ++i) judge_key("/secrets/key/" + std::to_string(i), keys[i], judge);
  return keys;
}

}  // namespace

std::optional<Options> read_options(sbx::Host host, std::string_view config_json) {
  return read_options(
      config_json, [&](const std::string &where, const std::string &what) { host.problem(where, what); },
      [&](const std::string &where, const std::string &what) { host.warning(where, what); });
}

std::optional<Options> read_options(std::string_view config_json, const Complain &complain, const Complain &advise) {
  const Json with = Json::parse(config_json);
  Judge judge(complain, advise);
  Options o;
  o.endpoint.listener = with.value("listener", "");
  o.endpoint.path = with.value("path", "");
  // The host fills in defaults from the schema; the ones here are the same, so that tests can leave them out.
  o.endpoint.body_max = with.value("body", uint64_t{1} << 20);
  o.endpoint.requests_max = with.value("requests_max", size_t{256});
  o.publish.events_max = with.value("events_max", size_t{1000});
  const int64_t deadline_ms = with.value("deadline", int64_t{10'000});
  const int64_t dedupe_ms = with.value("dedupe", int64_t{72} * 3600 * 1000);
  const bool publish = with.value("preset", Json("publish")) == "publish";
  if (publish) {
    o.publish.keys = read_keys(with, judge);
    const Json secrets = with.value("secrets", Json::object());
    for (const auto &[name, value] : secrets.items())
      if (name != "key") judge.problem("/secrets/" + name, "preset publish knows only the secret key");
    for (const char *name : kCallbackOnly)
      if (with.contains(name))
        judge.problem(std::string("/") + name, "preset publish takes what the request says; leave it out");
  } else {
    o.callback = read_callback_options(
        config_json, [&](const std::string &where, const std::string &what) { judge.problem(where, what); },
        [&](const std::string &where, const std::string &what) { judge.warning(where, what); });
    if (o.callback) o.endpoint.methods = o.callback->verifier->preset().methods;
  }
  if (o.endpoint.path.size() < 2 || o.endpoint.path[0] != '/' || o.endpoint.path.back() == '/')
    judge.problem("/path", "a path begins with / and does not end with one, as /publish");
  if (o.endpoint.body_max == 0) judge.problem("/body", "nothing at all would fit; 1MiB is usual");
  if (deadline_ms <= 0) judge.problem("/deadline", "deadline must be longer than nothing");
  if (dedupe_ms <= 0 || dedupe_ms > kDedupeMaxMs)
    judge.problem("/dedupe", "dedupe must be longer than nothing and at most 366d");
  if (!judge.fine()) return std::nullopt;
  o.publish.deadline_ns = deadline_ms * sbx::kMillisecondNs;
  o.publish.dedupe_ns = dedupe_ms * sbx::kMillisecondNs;
  return o;
}

}  // namespace webhook
