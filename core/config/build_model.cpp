// Canonical JSON to the model.  What a schema problem left out is an empty value here: the checks that follow skip
// those.
#include <nlohmann/json.hpp>

#include "core/config/draft.hpp"
#include "core/config/text.hpp"

namespace signalbox::config {
namespace {

using Json = nlohmann::ordered_json;

const Json &member(const Json &json, const char *key) {
  static const Json kNone;
  auto found = json.is_object() ? json.find(key) : json.end();
  return json.is_object() && found != json.end() ? *found : kNone;
}

std::string text(const Json &json, const char *key) {
  const Json &value = member(json, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

uint64_t number(const Json &json, const char *key) {
  const Json &value = member(json, key);
  return value.is_number_unsigned() ? value.get<uint64_t>() : 0;
}

bool flag(const Json &json, const char *key) {
  const Json &value = member(json, key);
  return value.is_boolean() && value.get<bool>();
}

// One text for each item, so that an index is also that of the file.
std::vector<std::string> texts(const Json &json, const char *key) {
  std::vector<std::string> out;
  const Json &value = member(json, key);
  if (!value.is_array()) return out;
  for (const Json &item : value) out.push_back(item.is_string() ? item.get<std::string>() : std::string());
  return out;
}

double real(const Json &json, const char *key) {
  const Json &value = member(json, key);
  return value.is_number() ? value.get<double>() : 0;
}

Rate rate(const Json &group, const char *key) {
  const Json &wanted = member(group, key);
  return {real(wanted, "per_second"), real(wanted, "burst")};
}

SinkRates rates(const Json &limits) {
  const Json &subscribes = member(limits, "subscribes"), &says = member(limits, "client_events");
  SinkRates out;
  out.connects_address = rate(member(limits, "connects"), "per_address");
  out.subscribes_connection = rate(subscribes, "per_connection");
  out.subscribes_address = rate(subscribes, "per_address");
  out.subscribes_principal = rate(subscribes, "per_principal");
  out.says_connection = rate(says, "per_connection");
  out.says_address = rate(says, "per_address");
  out.says_principal = rate(says, "per_principal");
  return out;
}

Listener listener(const Entry &entry, const Json &json) {
  Listener out;
  out.name = entry.key;
  out.position = entry.at;
  out.bind = text(json, "bind");
  if (const Json &tls = member(json, "tls"); tls.is_object()) out.tls = Tls{text(tls, "certificate"), text(tls, "key")};
  out.origins = texts(json, "origins");
  out.trusted_proxies = texts(json, "trusted_proxies");
  const Json &limits = member(json, "limits");
  out.limits = {number(limits, "connections"),
                number(limits, "per_ip"),
                number(limits, "body"),
                number(limits, "headers"),
                static_cast<int64_t>(number(limits, "handshake")),
                number(limits, "message")};
  const Json &files = member(json, "files");
  if (!files.is_object()) return out;
  for (const auto &[path, file] : files.items()) {
    out.files.emplace_back(path, file.is_string() ? file.get<std::string>() : std::string());
  }
  return out;
}

Pipeline pipeline(const Entry &entry, const Json &json) {
  Pipeline out;
  out.name = entry.key;
  out.position = entry.at;
  out.from = texts(json, "from");
  out.through = texts(json, "through");
  out.to = texts(json, "to");
  const Json &queue = member(json, "queue");
  out.queue = {number(queue, "events"), number(queue, "bytes"),
               text(queue, "when_full") == "drop_newest" ? WhenFull::drop_newest : WhenFull::drop_oldest};
  out.on_error = text(json, "on_error") == "pass" ? OnError::pass : OnError::drop;
  return out;
}

Event event(const Json &json) { return {text(json, "channel"), text(json, "event"), member(json, "data").dump()}; }

Test test(const Json &json, Position at) {
  Test out{text(json, "name"), text(json, "pipeline"), event(member(json, "give")), std::nullopt, "", at};
  const Json &expect = member(json, "expect");
  if (member(expect, "delivered").is_object()) out.delivered = event(member(expect, "delivered"));
  out.dropped_by = text(expect, "dropped_by");
  return out;
}

Store store(const Draft &draft, const Json &json) {
  Store out;
  if (std::string path = text(json, "path"); !path.empty()) out.path = std::move(path);
  out.recover = flag(json, "recover");
  out.memory = number(json, "memory");
  out.size = number(json, "size");
  out.position = draft.at(out.path ? "/store/path" : "/store").at;
  return out;
}

// Who keeps events for a channel wants them to reach the page that comes late, so that is what a rule does when it does
// not say how.
ChannelRule channel_rule(const Json &json, Position at) {
  ChannelRule out;
  out.match = text(json, "match");
  out.position = at;
  const Json &retain = member(json, "retain");
  out.events = number(retain, "events");
  out.bytes = number(retain, "bytes");
  out.for_ms = static_cast<int64_t>(number(retain, "for"));
  out.durable = flag(retain, "durable");
  std::string replay = text(json, "replay");
  using Replay = ChannelRule::Replay;
  if (replay.empty()) replay = out.events > 0 ? "retained" : "none";
  out.replay = replay == "last" ? Replay::last : replay == "retained" ? Replay::retained : Replay::none;
  return out;
}

LogLevel log_level(const std::string &word) {
  if (word == "debug") return LogLevel::debug;
  if (word == "warn") return LogLevel::warn;
  return word == "error" ? LogLevel::error : LogLevel::info;
}

}  // namespace

void build_model(Draft &draft, const std::string &canonical_json) {
  Json json = Json::parse(canonical_json, nullptr, false);
  Model &model = draft.model;
  auto each = [&](const char *name, auto &&add) {
    const Json &values = member(json, name);
    for (const Entry &entry : draft.at(std::string("/") + name).entries) add(entry, member(values, entry.key.c_str()));
  };
  each("listeners", [&](const Entry &entry, const Json &j) {
    model.listeners.push_back(listener(entry, j));
    model.listeners.back().origins_at = draft.at("/listeners" + pointer_step(entry.key) + "/origins").at;
  });
  each("pipelines", [&](const Entry &entry, const Json &j) {
    model.pipelines.push_back(pipeline(entry, j));
    Pipeline &added = model.pipelines.back();
    const std::string pointer = "/pipelines" + pointer_step(entry.key) + "/to/";
    for (size_t i = 0; i < added.to.size(); ++i) added.to_at.push_back(draft.at(pointer + std::to_string(i)).at);
  });
  for (Kind kind : kKinds) {
    each(section(kind), [&](const Entry &entry, const Json &j) {
      draft.instances(kind).push_back({entry.key, text(j, "plugin"), "{}", entry.at, {}, rates(member(j, "limits"))});
    });
  }
  const Json &tests = member(json, "tests");
  for (size_t i = 0; tests.is_array() && i < tests.size(); ++i) {
    model.tests.push_back(test(tests[i], draft.at("/tests/" + std::to_string(i)).at));
  }
  model.lanes = static_cast<unsigned>(number(json, "lanes"));
  model.shutdown_ms = static_cast<int64_t>(number(json, "shutdown"));
  const Json &log = member(json, "log");
  model.log = {log_level(text(log, "level")), text(log, "format") == "json" ? LogFormat::json : LogFormat::text};
  model.store = store(draft, member(json, "store"));
  const Json &channels = member(json, "channels");
  for (size_t i = 0; channels.is_array() && i < channels.size(); ++i) {
    model.channels.push_back(channel_rule(channels[i], draft.at("/channels/" + std::to_string(i) + "/match").at));
  }
  if (const Json &admin = member(json, "admin"); admin.is_object())
    model.admin = Admin{text(admin, "bind"), draft.at("/admin/bind").at};
}

}  // namespace signalbox::config
