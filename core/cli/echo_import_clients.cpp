// What `signalbox import` makes of who may listen, and of Socket.IO's options.
#include <algorithm>

#include "core/cli/echo_writer.hpp"
#include "core/cli/yaml_text.hpp"

namespace signalbox {

void EchoWriter::endpoints() {
  const std::vector<std::string> &hosts = settings_.auth_hosts;
  const std::string path = (settings_.auth_endpoint.starts_with('/') ? "" : "/") + settings_.auth_endpoint;
  // laravel-echo-server takes a bare host's scheme from the page; who sends cookies should not leave that to it.
  const auto with_scheme = [](const std::string &host) {
    return host.find("://") == std::string::npos ? "https://" + host : host;
  };
  if (std::any_of(hosts.begin(), hosts.end(), [&](const std::string &host) { return with_scheme(host) != host; }))
    comment(6, {"Hosts without a scheme are asked by https."});
  if (hosts.size() == 1) {
    line(6, "endpoint: " + yaml_quoted_template(yaml_variable("LARAVEL_ECHO_SERVER_AUTH_HOST", with_scheme(hosts[0])) +
                                                yaml_plain(path)));
    return;
  }
  comment(6, {"The one whose host the page came from; the first, if it is none of them."});
  line(6, "endpoint:");
  for (const std::string &host : hosts) line(7, "- " + yaml_quoted(with_scheme(host) + path));
}

void EchoWriter::filters() {
  line(0, "filters:");
  line(1, "members:");
  line(2, "plugin: auth");
  line(2, "with:");
  line(3, "rules:");
  comment(4, {"Anchored names: laravel-echo-server also took \"x-private-y\" for a private channel."});
  line(4, "- channels: [\"private-*\", \"presence-*\"]");
  line(5, "laravel:");
  endpoints();
  comment(6,
          {"The handshake's cookies, and of the headers that the page sends these; laravel-echo-server handed on all.",
           "TLS is verified (it was not): `ca: FILE` names an authority of your own.  At most `concurrency` requests",
           "are under way, the others wait; each has `timeout`."});
  line(6, "headers: [authorization, x-csrf-token, x-xsrf-token, accept-language]");
  line(6, "cookies: true");
  line(6, "timeout: 5s");
  line(6, "concurrency: 32");
  line(4, "- { channels: [\"*\"], allow: everyone }");
  out_.yaml += '\n';
}

void EchoWriter::transport() {
  const EchoTransport &t = settings_.transport;
  const auto number = [&](const char *key, const std::optional<uint64_t> &value, const char *unit) {
    if (value && *value > 0) line(3, std::string(key) + ": " + std::to_string(*value) + unit);
  };
  number("ping_interval", t.ping_interval_ms, "ms");
  number("ping_timeout", t.ping_timeout_ms, "ms");
  number("upgrade_timeout", t.upgrade_timeout_ms, "ms");
  number("max_payload", t.payload_max, "");
  std::string list;
  for (const std::string &one : t.transports)
    if (one == "polling" || one == "websocket") list += (list.empty() ? "" : ", ") + one;
  if (!list.empty()) line(3, "transports: [" + list + "]");
}

void EchoWriter::sink() {
  line(0, "sinks:");
  line(1, "browsers:");
  line(2, "plugin: socketio");
  line(2, "with:");
  line(3, "listener: public");
  std::string path = settings_.transport.path.empty() ? "/socket.io" : settings_.transport.path;
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  line(3, "path: " + yaml_quoted(path));
  line(3, "mode: echo");
  transport();
  comment(2,
          {"Abuse limits, which laravel-echo-server does not have.  Who is over one is told 429.  Members of presence",
           "channels have no socketId: with it anybody could keep events from somebody else."});
  line(2, "limits:");
  line(3, "connects: { per_address: { per_second: 20, burst: 500 } }");
  line(3, "subscribes: { per_connection: { per_second: 20, burst: 200 } }");
  line(3, "client_events: { per_connection: { per_second: 10, burst: 50 } }");
  out_.yaml += '\n';
}

}  // namespace signalbox
