#include "plugins/sinks/socketio/options.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace socketio {
namespace {

using Json = nlohmann::json;

// The host fills in defaults from the schema; the ones here are the same, so that tests can leave them out.
int64_t duration_ns(const Json &with, const char *key, int64_t default_ms) {
  return with.value(key, default_ms) * sbx::kMillisecondNs;
}

bool check(sbx::Host host, bool fine, std::string_view where, std::string_view what) {
  if (!fine) host.problem(where, what);
  return fine;
}

bool check_durations(sbx::Host host, const Options &o) {
  bool fine = true;
  const auto positive = [&](int64_t ns, const char *where) {
    fine &= check(host, ns > 0, where, "this must be longer than nothing");
  };
  positive(o.engine.ping_interval_ns, "/ping_interval");
  positive(o.engine.ping_timeout_ns, "/ping_timeout");
  positive(o.engine.upgrade_timeout_ns, "/upgrade_timeout");
  positive(o.connect_timeout_ns, "/connect_timeout");
  positive(o.channels.resume_for_ns, "/resume_for");
  return fine;
}

bool check_path(sbx::Host host, const std::string &path) {
  return check(host, path.size() > 1 && path[0] == '/' && path.back() != '/', "/path",
               "a path begins with / and does not end with one, as /socket.io");
}

bool check_mode(sbx::Host host, const Json &with) {
  if (with.value("mode", "broadcast") == "echo") return true;
  if (!check(host, with.value("broadcast_to_everyone", false), "/broadcast_to_everyone",
             "mode broadcast sends every event to everybody who connects; if that is what you want, say "
             "broadcast_to_everyone: true"))
    return false;
  host.warning("/mode", "mode broadcast sends every event to everybody who connects");
  return true;
}

void read_outbox(const Json &with, Options &o) {
  const Json outbox = with.value("outbox", Json::object());
  o.outbox.bytes_max = outbox.value("bytes", uint64_t{16} << 20);
  o.outbox.policy =
      outbox.value("when_full", "disconnect") == "drop_oldest" ? SBX_OUTBOX_DROP_OLDEST : SBX_OUTBOX_DISCONNECT;
}

void read_echo(const Json &with, Options &o) {
  o.echo = with.value("mode", "broadcast") == "echo";
  o.channels.channels_max = with.value("channels_max", size_t{100});
  o.channels.recovery = with.value("recovery", true);
  o.channels.resume_for_ns = duration_ns(with, "resume_for", 120'000);
  o.channels.resume_sessions_max = with.value("resume_sessions_max", size_t{10'000});
}

int client_version(const Json &with) {
  const auto found = with.find("client");
  if (found == with.end()) return 4;
  return found->is_number() ? found->get<int>() : 0;
}

}  // namespace

std::optional<Options> read_options(sbx::Host host, std::string_view config_json) {
  const Json with = Json::parse(config_json);
  Options o;
  o.engine.listener = with.value("listener", "");
  o.engine.path = with.value("path", "/socket.io");
  o.engine.ping_interval_ns = duration_ns(with, "ping_interval", 25'000);
  o.engine.ping_timeout_ns = duration_ns(with, "ping_timeout", 20'000);
  o.engine.upgrade_timeout_ns = duration_ns(with, "upgrade_timeout", 10'000);
  o.connect_timeout_ns = duration_ns(with, "connect_timeout", 45'000);
  o.engine.max_payload = with.value("max_payload", size_t{1'000'000});
  o.engine.allow_eio3 = with.value("allow_eio3", true);
  const auto transports = with.value("transports", std::vector<std::string>{"polling", "websocket"});
  o.engine.polling = std::count(transports.begin(), transports.end(), "polling") > 0;
  o.engine.websocket = std::count(transports.begin(), transports.end(), "websocket") > 0;
  o.client = client_version(with);
  read_outbox(with, o);
  read_echo(with, o);
  bool fine = check_mode(host, with);
  fine &= check_path(host, o.engine.path);
  fine &= check_durations(host, o);
  fine &= check(host, o.engine.max_payload > 0, "/max_payload", "nothing at all would fit; 1000000 is usual");
  fine &= check(host, o.outbox.bytes_max > 0, "/outbox/bytes", "nothing at all would fit; 16MiB is usual");
  return fine ? std::optional(std::move(o)) : std::nullopt;
}

}  // namespace socketio
