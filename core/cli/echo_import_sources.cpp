// What `signalbox import` makes of laravel-echo-server's subscribers: Redis, and the HTTP API.
#include "core/base/bind_address.hpp"
#include "core/cli/echo_writer.hpp"
#include "core/cli/yaml_text.hpp"

namespace signalbox {

void EchoWriter::sentinels() {
  const EchoRedis &r = settings_.redis;
  comment(3, {"laravel-echo-server asked sentinels which Redis is the master (" + yaml_comment(r.sentinel_name) +
              ").  signalbox does not:"});
  for (const std::string &one : r.sentinels) comment(3, {"  " + yaml_comment(one)});
  comment(3, {"Write a name or an address here that always leads to the master (a proxy, or DNS that follows it)."});
  note("Redis was found by sentinels, which signalbox does not ask: write where the master is into \"url\"");
}

void EchoWriter::redis() {
  const EchoRedis &r = settings_.redis;
  line(1, "laravel:");
  line(2, "plugin: redis");
  line(2, "with:");
  if (!r.sentinels.empty()) sentinels();
  if (!r.url.empty()) {
    comment(3, {"A secret may stand in it, as it did in laravel-echo-server.json."});
    ++secrets_;
    line(3, "url: " + yaml_quoted(r.url));
  } else if (!r.path.empty()) {
    line(3, "url: " + yaml_quoted("unix://" + r.path + (r.db > 0 ? "?db=" + std::to_string(r.db) : "")));
  } else {
    const std::string host = yaml_variable("LARAVEL_ECHO_SERVER_REDIS_HOST", r.host);
    const std::string port = yaml_variable("LARAVEL_ECHO_SERVER_REDIS_PORT", std::to_string(r.port));
    line(3, "url: " +
                yaml_quoted_template((r.tls ? "rediss://" : "redis://") + (is_ipv6(r.host) ? '[' + host + ']' : host) +
                                     ':' + port + '/' + std::to_string(r.db)));
    if (r.tls)
      comment(3, {"The server's certificate is verified; `tls: { ca: FILE }` names an authority of your own."});
  }
  if (!r.username.empty()) line(3, "username: " + yaml_quoted(r.username));
  if (!r.password.empty()) {
    comment(3,
            {"A secret, as it stood in laravel-echo-server.json: better set the variable and take what follows :- out,",
             "or write ${file:/run/secrets/redis}."});
    ++secrets_;
  }
  line(3, "password: " + yaml_quoted_template(yaml_variable("LARAVEL_ECHO_SERVER_REDIS_PASSWORD", r.password)));
  comment(3,
          {"What Laravel puts before each channel (REDIS_PREFIX; laravel_database_ or laravel-database- unless it was",
           "changed).  With the wrong one nothing arrives; the log names the right one when it sees it."});
  line(3, "prefix: " + yaml_quoted(r.key_prefix));
  line(3, "patterns: [\"*\"]");
}

void EchoWriter::api() {
  line(1, "api:");
  comment(2, {"/apps/ID/status, channels, channels/NAME, channels/NAME/users" +
              std::string(settings_.from_http ? ", and POST /apps/ID/events." : ".")});
  if (!settings_.from_http)
    comment(2,
            {"subscribers.http was false.  POST /apps/ID/events is there all the same, for who has a key; without this",
             "source there is no HTTP API at all."});
  line(2, "plugin: echo_api");
  line(2, "with:");
  comment(3, {"On the port of the clients, as it was.  A listener that the public cannot reach is better."});
  line(3, "listener: public");
  line(3, "path: /apps");
  comment(3, {"Secrets, as they stood in laravel-echo-server.json; \"${NAME}\" takes one from a variable."});
  line(3, "clients:");
  for (const auto &[id, key] : settings_.clients)
    line(4, "- { app_id: " + yaml_quoted(id) + ", key: " + yaml_quoted(key) + " }");
  secrets_ += settings_.clients.size();
}

void EchoWriter::sources() {
  line(0, "sources:");
  if (settings_.from_redis)
    redis();
  else
    comment(1, {"subscribers.redis was false: nothing is taken from Redis."});
  if (!settings_.clients.empty())
    api();
  else
    comment(1, {"`clients` is empty, so nobody could use the HTTP API: it is left out."});
  out_.yaml += '\n';
}

}  // namespace signalbox
