#include "plugins/sinks/websocket/options.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace websocket {
namespace {

using Json = nlohmann::json;

// Proxies and mobile networks forget a connection that was silent for about a minute.
constexpr int64_t kPingAdvisedNs = 60 * sbx::kSecondNs;

// The host fills in defaults from the schema; the ones here are the same, so that tests can leave them out.
int64_t duration_ns(const Json &with, const char *key, int64_t default_ms) {
  return with.value(key, default_ms) * sbx::kMillisecondNs;
}

void read_outbox(const Json &with, Options &o) {
  const Json outbox = with.value("outbox", Json::object());
  o.outbox.bytes_max = outbox.value("bytes", uint64_t{16} << 20);
  const std::string policy = outbox.value("when_full", "disconnect");
  if (policy == "drop_oldest") o.outbox.policy = SBX_OUTBOX_DROP_OLDEST;
  if (policy == "latest") o.outbox.policy = SBX_OUTBOX_LATEST;
}

bool check(sbx::Host host, const Options &o) {
  bool fine = true;
  const auto want = [&](bool condition, std::string_view where, std::string_view what) {
    if (!condition) host.problem(where, what);
    fine &= condition;
  };
  want(o.path.size() > 1 && o.path[0] == '/' && o.path.back() != '/', "/path",
       "a path begins with / and does not end with one, as /ws");
  want(o.ping_ns == 0 || o.pong_ns > 0, "/pong",
       "a client needs some time for its pong; 20s is usual (ping: 0s sends no pings)");
  want(o.message_max > 0, "/message_max", "nothing at all would fit; 64KiB is usual");
  want(o.outbox.bytes_max > 0, "/outbox/bytes", "nothing at all would fit; 16MiB is usual");
  if (o.ping_ns == 0 || o.ping_ns > kPingAdvisedNs)
    host.warning("/ping", "many proxies close a connection that was silent for a minute; 25s is usual");
  return fine;
}

}  // namespace

std::optional<Options> read_options(sbx::Host host, std::string_view config_json) {
  const Json with = Json::parse(config_json);
  Options o;
  o.listener = with.value("listener", "");
  o.path = with.value("path", "/ws");
  o.channels_max = with.value("channels_max", size_t{100});
  o.message_max = with.value("message_max", uint64_t{64} << 10);
  o.messages_per_second = with.value("messages_per_second", uint64_t{50});
  o.ping_ns = duration_ns(with, "ping", 25'000);
  o.pong_ns = duration_ns(with, "pong", 20'000);
  o.idle_ns = duration_ns(with, "idle", 300'000);
  o.compression = with.value("compression", true);
  read_outbox(with, o);
  return check(host, o) ? std::optional(std::move(o)) : std::nullopt;
}

}  // namespace websocket
