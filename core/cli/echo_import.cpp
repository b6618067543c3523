// The program's own sections and the order of all.  Sources are in echo_import_sources.cpp, who may listen and the sink
// in echo_import_clients.cpp.
#include "core/cli/echo_import.hpp"

#include <algorithm>

#include "core/base/bind_address.hpp"
#include "core/cli/echo_writer.hpp"
#include "core/cli/yaml_text.hpp"
#include "core/config/address.hpp"

namespace signalbox {

void EchoWriter::line(int depth, std::string_view text) {
  out_.yaml.append(static_cast<size_t>(depth) * 2, ' ').append(text).append("\n");
}

void EchoWriter::comment(int depth, std::initializer_list<std::string_view> lines) {
  for (const std::string_view one : lines) line(depth, one.empty() ? "#" : "# " + std::string(one));
}

void EchoWriter::head() {
  comment(0,
          {"Does what laravel-echo-server did with its laravel-echo-server.json.  Printed by `signalbox import`; the",
           "comments tell where signalbox differs on purpose.  docs/COMING_FROM_LARAVEL_ECHO_SERVER.md tells the rest.",
           "", "  signalbox check FILE", "  signalbox run FILE", "",
           "The variables LARAVEL_ECHO_SERVER_* count as before, where ${...} stands; _PROTO and _DEBUG do not: https",
           "is `tls:` below, and the log's level is the last line."});
  out_.yaml += '\n';
}

void EchoWriter::tls() {
  const EchoSettings &s = settings_;
  if (!s.https) {
    if (!s.certificate.empty() || !s.key.empty())
      comment(2, {"The file names a certificate, but its protocol is http: it was not used, and is not here."});
    return;
  }
  const auto file = [](const char *name, const std::string &path) {
    const std::string variable = std::string("LARAVEL_ECHO_SERVER_SSL_") + name;
    return yaml_quoted_template(path.empty() ? "${" + variable + '}' : yaml_variable(variable, path));
  };
  line(2, "tls:                                     # taken anew when the files change");
  line(3, "certificate: " + file("CERT", s.certificate));
  line(3, "key: " + file("KEY", s.key));
  if (!s.chain.empty()) {
    comment(3, {"The chain stood in a file of its own; here the certificate's file holds both:",
                "  cat CERTIFICATE CHAIN > both.pem", "The chain was: " + yaml_comment(s.chain)});
    note("put the chain (sslCertChainPath) behind the certificate, in one file: see \"tls\" in the printed file");
  }
  if (s.passphrase) {
    comment(3,
            {"The key had a passphrase (sslPassphrase).  Keys are read without one; take it off, and guard the file:",
             "  openssl pkey -in OLD.key -out NEW.key && chmod 600 NEW.key"});
    note("the key's passphrase (sslPassphrase) is not used: take it off the key, see \"tls\" in the printed file");
  }
}

void EchoWriter::origins() {
  std::vector<std::string> named;
  bool everybody = settings_.origins.empty();
  std::vector<std::string> refused;
  const auto add = [&](const std::string &origin) {
    if (std::find(named.begin(), named.end(), origin) == named.end()) named.push_back(origin);
  };
  for (const std::string &origin : settings_.origins) {
    if (origin == "*" || origin == "*:*")
      everybody = true;
    else if (config::check_origin(origin).ok())
      add(origin);
    else
      refused.push_back(origin);
  }
  comment(
      2,
      {"Whose pages may connect.  laravel-echo-server lets every site in unless it is told otherwise, and so lets any",
       "site's page listen with its visitors' cookies.  Here each origin is named, as the browser sends it."});
  if (everybody) {
    comment(2, {"There every site was let in.  Add your sites; what stands here is where authHost is:"});
    for (const std::string &host : settings_.auth_hosts)
      if (config::check_origin(host).ok() && host != "*") add(host);
    note("list the origins of your pages under \"origins\": every site was let in before, and is not any more");
  }
  for (const std::string &origin : refused)
    comment(2, {"Not taken, because it is no origin such as https://shop.example: " + yaml_comment(origin)});
  std::string list;
  for (const std::string &origin : named) list += (list.empty() ? "" : ", ") + yaml_quoted(origin);
  line(2, "origins: [" + list + "]");
}

void EchoWriter::listener() {
  std::string host = settings_.host;
  line(0, "listeners:");
  line(1, "public:");
  if (host == "::" || host.empty()) host = "0.0.0.0";
  if (!is_ipv4(host) && !is_ipv6(host) && host != "localhost") {
    comment(2, {"laravel-echo-server looked this name up; a bind is an address: " + yaml_comment(host)});
    host = "0.0.0.0";
  }
  const std::string port = yaml_variable("LARAVEL_ECHO_SERVER_PORT", std::to_string(settings_.port));
  const std::string address = yaml_variable("LARAVEL_ECHO_SERVER_HOST", host);
  line(2, "bind: " + yaml_quoted_template((is_ipv6(host) ? '[' + address + ']' : address) + ':' + port));
  tls();
  origins();
  comment(2, {"Behind nginx or another proxy, so that limits count visitors and not the proxy:"});
  line(2, "# trusted_proxies: [\"127.0.0.1/32\"]");
  comment(2, {"Limits that laravel-echo-server does not have."});
  line(2, "limits: { connections: 100000, per_ip: 1000 }");
  out_.yaml += '\n';
}

void EchoWriter::left_out() {
  const EchoSettings &s = settings_;
  if (s.presence_in_database)
    comment(
        0,
        {"database, databaseConfig: members of presence channels are kept in memory and counted over all connections;",
         "nothing is left behind by a crash, so there is no database to clean."});
  if (s.presence_published) {
    comment(0, {"databaseConfig.publishPresence: changes are not published to PresenceChannelUpdated in Redis; ask",
                "GET /apps/ID/channels/NAME/users."});
    note("publishPresence has no counterpart: ask the HTTP API who is there");
  }
  if (s.cors)
    comment(
        0,
        {"apiOriginAllow: the HTTP API answers pages of the listener's `origins`; methods and headers need no list."});
  if (s.unknown.empty()) return;
  comment(0, {"Not taken over, because signalbox has no such setting or does not need it:"});
  for (const std::string &key : s.unknown) comment(0, {"  " + yaml_comment(key)});
  if (s.unknown_left_out > 0) comment(0, {"  ... and " + std::to_string(s.unknown_left_out) + " more"});
}

void EchoWriter::tail() {
  line(0, "pipelines:");
  std::string from = settings_.from_redis ? "laravel" : "";
  if (!settings_.clients.empty()) from += from.empty() ? "api" : ", api";
  comment(
      1,
      {"laravel-echo-server has no list of the fields that may leave, so there is none here, either.  An event without",
       "broadcastWith() shows all its public fields: put a `whitelist` behind `members` (docs/CONFIGURATION.md)."});
  line(1, "echo: { from: [" + from + "], through: [members], to: [browsers] }");
  out_.yaml += '\n';
  comment(
      0,
      {"For pages that come late or come back: what is kept of which channels.  laravel-echo-server keeps nothing."});
  line(0, "# channels:");
  line(0, "#   - { match: \"private-*\", retain: { events: 20, for: 10m }, replay: none }");
  comment(0, {"/healthz /readyz /metrics, for this machine:"});
  line(0, "# admin: { bind: \"127.0.0.1:6002\" }");
  left_out();
  if (settings_.debug) comment(0, {"devMode"});
  line(0, settings_.debug ? "log: { level: debug }" : "log: { level: info }");
}

EchoImport EchoWriter::write() && {
  head();
  listener();
  sources();
  filters();
  sink();
  tail();
  if (secrets_ > 0)
    note("the printed file holds " + std::to_string(secrets_) + (secrets_ == 1 ? " secret" : " secrets") +
         " of the old one, marked there as such: keep it where others cannot read it");
  return std::move(out_);
}

EchoImport import_echo(const EchoSettings &settings) { return EchoWriter(settings).write(); }

}  // namespace signalbox
