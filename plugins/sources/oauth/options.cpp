#include "plugins/sources/oauth/options.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace oauth {
namespace {

using Json = nlohmann::json;

constexpr size_t kKeysMax = 16;
constexpr size_t kKeyMax = 512;
constexpr size_t kKeyAdvised = 16;
constexpr size_t kProviderNameMax = 32;
constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kLifetimeMaxMs = 60 * kMinuteMs;
constexpr std::string_view kIdMark = "{id}";
constexpr size_t kChannelMax = 512;  // with the id still well below what a channel may have

// Reports problems and remembers that there were some.
class Judge {
 public:
  explicit Judge(sbx::Host host) : host_(host) {}
  void problem(std::string_view where, std::string_view what) {
    host_.problem(where, what);
    fine_ = false;
  }
  void warning(std::string_view where, std::string_view what) { host_.warning(where, what); }
  bool fine() const { return fine_; }

 private:
  sbx::Host host_;
  bool fine_ = true;
};

std::vector<std::string> texts_of(const Json &value) {
  if (value.is_string()) return {value.get<std::string>()};
  return value.is_array() ? value.get<std::vector<std::string>>() : std::vector<std::string>();
}

bool is_this_machine(std::string_view origin) {
  for (const std::string_view local : {"http://localhost", "http://127.0.0.1", "http://[::1]"})
    if (origin == local || (origin.starts_with(local) && origin[local.size()] == ':')) return true;
  return false;
}

bool good_path(const std::string &path) { return path.size() >= 2 && path[0] == '/' && path.back() != '/'; }

void read_addresses(const Json &with, Options &o, Judge &judge) {
  o.listener = with.value("listener", "");
  o.path = with.value("path", "");
  o.public_url = with.value("public_url", "");
  if (!good_path(o.path)) judge.problem("/path", "a path begins with / and does not end with one, as /login");
  if (!is_origin(o.public_url)) {
    judge.problem("/public_url", "write the origin under which browsers reach this, as \"https://shop.example\"");
  } else if (!o.public_url.starts_with("https://")) {
    o.development = is_this_machine(o.public_url);
    if (!o.development) judge.problem("/public_url", "logins need https; http is for localhost and 127.0.0.1 only");
  }
}

std::vector<std::string> read_origins(const Json &with, const char *name, Judge &judge) {
  std::vector<std::string> origins = texts_of(with.value(name, Json::array()));
  for (size_t i = 0; i < origins.size(); ++i)
    if (!is_origin(origins[i]))
      judge.problem(
          "/" + std::string(name) + "/" + std::to_string(i),
          "an origin is a scheme and a host in lower case, as \"https://shop.example\", and nothing behind it");
  return origins;
}

void read_channel(const Json &with, Options &o, Judge &judge) {
  o.channel = with.value("channel", "login.{id}");
  const size_t mark = o.channel.find(kIdMark);
  if (mark == std::string::npos || o.channel.find(kIdMark, mark + 1) != std::string::npos)
    judge.problem("/channel", "a channel has {id} in it once: that is the part that nobody can guess");
  else if (o.channel.size() > kChannelMax ||
           std::any_of(o.channel.begin(), o.channel.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }))
    judge.problem("/channel", "a channel is one line of at most 512 bytes");
  else if (o.channel.size() == kIdMark.size())
    judge.warning("/channel",
                  "a channel that is nothing but {id} cannot be told from others; put a word before it, "
                  "as \"login.{id}\"");
}

int64_t read_duration(const Json &with, const char *name, int64_t fallback_ms, Judge &judge) {
  const int64_t ms = with.value(name, fallback_ms);
  if (ms < 1000 || ms > kLifetimeMaxMs)
    judge.problem("/" + std::string(name), std::string(name) + " must be between 1s and 60m");
  return ms * sbx::kMillisecondNs;
}

void judge_key(const std::string &where, const std::string &key, Judge &judge) {
  if (key.empty()) return judge.problem(where, "the key is empty, so anybody could redeem tickets; set one");
  if (key.size() > kKeyMax) return judge.problem(where, "the key is longer than 512 characters; take a shorter one");
  if (!std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7f; }))
    return judge.problem(where, "no request can show this key: a header carries only visible ASCII without blanks");
  if (key.size() < kKeyAdvised)
    judge.warning(where, "the key has fewer than 16 characters and could be guessed; take a longer, random one");
}

void read_redeem(const Json &with, Options &o, Judge &judge) {
  const auto given = with.find("redeem");
  if (given == with.end()) {
    judge.warning("", "without redeem: nobody can learn who has logged in, but for what expose: shows to the browser");
    return;
  }
  RedeemOptions redeem;
  redeem.listener = given->value("listener", "");
  redeem.path = given->value("path", "");
  redeem.keys = texts_of(given->value("key", Json()));
  if (!good_path(redeem.path))
    judge.problem("/redeem/path", "a path begins with / and does not end with one, as /admin/tickets/redeem");
  if (redeem.keys.empty()) judge.problem("/redeem/key", "no key is given, so nobody could redeem a ticket; set one");
  if (redeem.keys.size() > kKeysMax)
    judge.problem("/redeem/key", "more than 16 keys; remove those that are out of use");
  const bool one = given->value("key", Json()).is_string();
  for (size_t i = 0; i < redeem.keys.size(); ++i)
    judge_key(one ? "/redeem/key" : "/redeem/key/" + std::to_string(i), redeem.keys[i], judge);
  if (redeem.listener == o.listener)
    judge.warning("/redeem/listener",
                  "tickets are redeemed on the listener that browsers use; one that the public cannot reach is better");
  o.redeem = std::move(redeem);
}

void read_limits(const Json &with, Options &o) {
  const Json limits = with.value("limits", Json::object());
  // The host fills in defaults from the schema; the ones here are the same, so that tests can leave them out.
  o.waits.waits = limits.value("waits", size_t{10'000});
  o.waits.waits_per_ip = limits.value("waits_per_ip", size_t{50});
  o.exchanges = limits.value("exchanges", size_t{64});
  o.starts_per_minute = limits.value("starts_per_minute", size_t{60});
  o.tabs = with.value("tabs", size_t{1});
}

// Letters that need no escaping in a URL's path, an event's name or a JSON pointer.
bool good_name(std::string_view name) {
  return !name.empty() && name.size() <= kProviderNameMax && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

std::optional<std::string> read_file(sbx::Host host, std::string_view path) {
  const auto *files = host.service<sbx_files>();
  if (!files) return std::nullopt;
  std::string text;
  const auto keep = [](void *user, sbx_str bytes) noexcept { *static_cast<std::string *>(user) = sbx::view(bytes); };
  if (files->read(host.get(), sbx::raw(path), keep, &text) != SBX_OK) return std::nullopt;
  return text;
}

// A file is written { file: PATH } where a URL could stand, so that its path is taken from the pipeline file's folder.
Json with_plain_files(Json entry) {
  const auto jwks = entry.find("jwks");
  if (jwks != entry.end() && jwks->is_object()) *jwks = jwks->value("file", "");
  return entry;
}

void read_providers(sbx::Host host, const Json &with, Options &o, Judge &judge) {
  const Json providers = with.value("providers", Json::object());
  if (providers.empty()) judge.problem("/providers", "name at least one provider, as github: { preset: github, ... }");
  for (const auto &[name, entry] : providers.items()) {
    const std::string where = "/providers/" + name;
    if (!good_name(name) || name == "start") {
      judge.problem(where,
                    "a provider's name is part of its callback's path: up to 32 lower-case letters, digits, - "
                    "and _, and not start");
      continue;
    }
    bool complained = false;
    auto provider = read_provider(
        name, with_plain_files(entry).dump(), [&](std::string_view path) { return read_file(host, path); },
        [&](std::string_view pointer, std::string_view text) {
          judge.problem(where + std::string(pointer), text);
          complained = true;
        });
    if (provider)
      o.providers.emplace(name, *std::move(provider));
    else if (!complained)
      judge.problem(where, "this provider cannot be used as it is written");
  }
}

void judge_expose(const Options &o, Judge &judge) {
  for (size_t i = 0; i < o.expose.size(); ++i) {
    try {
      if (!o.expose[i].empty() && !Json::json_pointer(o.expose[i]).empty()) continue;
    } catch (const Json::exception &) {
      // told below
    }
    judge.problem("/expose/" + std::to_string(i), "write a JSON pointer into the profile, as \"/name\"");
  }
}

}  // namespace

std::string Options::redirect_uri(std::string_view provider) const {
  return public_url + path + "/" + std::string(provider) + "/callback";
}

std::string Options::cookie_name(const Provider &provider) const {
  // The prefix makes browsers refuse a cookie that a neighbouring domain has set (RFC 6265bis section 4.1.3.2).
  return std::string(development ? "sb_bind" : "__Host-sb_bind") + (provider.form_post ? "_form" : "");
}

std::optional<Options> read_options(sbx::Host host, std::string_view config_json) {
  const Json with = Json::parse(config_json);
  Judge judge(host);
  Options o;
  read_addresses(with, o, judge);
  o.origins = read_origins(with, "origins", judge);
  if (o.origins.empty()) o.origins = {o.public_url};
  o.return_to = ReturnTo(o.public_url, read_origins(with, "return_to", judge));
  read_channel(with, o, judge);
  o.lifetime_ns = read_duration(with, "lifetime", 10 * kMinuteMs, judge);
  o.scene_lifetime_ns = read_duration(with, "scene_lifetime", 2 * kMinuteMs, judge);
  o.ticket_lifetime_ns = read_duration(with, "ticket_lifetime", kMinuteMs, judge);
  o.expose = texts_of(with.value("expose", Json::array()));
  judge_expose(o, judge);
  read_limits(with, o);
  read_redeem(with, o, judge);
  read_providers(host, with, o, judge);
  for (const auto &[name, provider] : o.providers)
    if (provider.form_post && o.development)
      judge.problem("/public_url",
                    "the provider " + name + " posts its callbacks, for which browsers keep a cookie only with https");
  return judge.fine() ? std::optional(std::move(o)) : std::nullopt;
}

}  // namespace oauth
