#include "plugins/sinks/sse/options.hpp"

#include <nlohmann/json.hpp>

namespace sse {
namespace {

using Json = nlohmann::json;

// Proxies and mobile networks forget a connection that was silent for about a minute.
constexpr int64_t kHeartbeatAdvisedNs = 60 * sbx::kSecondNs;

// The host fills in defaults from the schema; the ones here are the same, so that tests can leave them out.
int64_t duration_ns(const Json &with, const char *key, int64_t default_ns) {
  return with.value(key, default_ns / sbx::kMillisecondNs) * sbx::kMillisecondNs;
}

bool check(sbx::Host host, bool fine, std::string_view where, std::string_view what) {
  if (!fine) host.problem(where, what);
  return fine;
}

bool check_durations(sbx::Host host, const Options &o, bool has_max_age) {
  bool fine = true;
  const auto positive = [&](int64_t ns, const char *where, const char *what) {
    fine &= check(host, ns > 0, where, what);
  };
  positive(o.retry_ns, "/retry", "clients would come back without a pause; 2s is usual");
  positive(o.heartbeat_ns, "/heartbeat", "a heartbeat must be longer than nothing; 25s is usual");
  positive(o.dead_after_ns, "/dead_after", "every peer would be dead at once; 60s is usual");
  positive(o.wait_max_ns, "/wait_max", "no poll could wait; 60s is usual");
  if (has_max_age) positive(o.max_age_ns, "/max_age", "streams would end at once; leave it out to let them live");
  if (o.heartbeat_ns > kHeartbeatAdvisedNs)
    host.warning("/heartbeat", "many proxies close a stream that was silent for a minute; 25s is usual");
  return fine;
}

void read_outbox(const Json &with, sbx_outbox &box) {
  const Json outbox = with.value("outbox", Json::object());
  box.bytes_max = outbox.value("bytes", box.bytes_max);
  const std::string policy = outbox.value("when_full", "disconnect");
  if (policy == "drop_oldest") box.policy = SBX_OUTBOX_DROP_OLDEST;
  if (policy == "latest") box.policy = SBX_OUTBOX_LATEST;
}

}  // namespace

std::optional<Options> read_options(sbx::Host host, std::string_view config_json) {
  const Json with = Json::parse(config_json);
  Options o;
  o.listener = with.value("listener", o.listener);
  o.path = with.value("path", o.path);
  o.retry_ns = duration_ns(with, "retry", o.retry_ns);
  o.heartbeat_ns = duration_ns(with, "heartbeat", o.heartbeat_ns);
  o.dead_after_ns = duration_ns(with, "dead_after", o.dead_after_ns);
  o.max_age_ns = duration_ns(with, "max_age", o.max_age_ns);
  o.wait_max_ns = duration_ns(with, "wait_max", o.wait_max_ns);
  o.channels_max = with.value("channels_max", o.channels_max);
  o.poll_events_max = with.value("poll_events_max", o.poll_events_max);
  read_outbox(with, o.outbox);
  bool fine = check_durations(host, o, with.contains("max_age"));
  fine &= check(host, o.path.size() > 1 && o.path[0] == '/' && o.path.back() != '/', "/path",
                "a path begins with / and does not end with one, as /events");
  fine &= check(host, o.channels_max > 0, "/channels_max", "nobody could name a channel; 100 is usual");
  fine &= check(host, o.poll_events_max > 0, "/poll_events_max", "no poll could get an event; 1000 is usual");
  fine &= check(host, o.outbox.bytes_max > 0, "/outbox/bytes", "nothing at all would fit; 16MiB is usual");
  return fine ? std::optional(std::move(o)) : std::nullopt;
}

}  // namespace sse
