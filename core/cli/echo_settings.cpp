#include "core/cli/echo_settings.hpp"

#include <algorithm>
#include <iterator>

#include "core/base/bind_address.hpp"
#include "core/cli/echo_reader_impl.hpp"

namespace signalbox {
namespace {

using Reader = EchoReader;
using Json = EchoReader::Json;

// A name or a numeric address, so that it cannot be anything else inside a URL.
bool host_like(std::string_view host) {
  if (is_ipv4(host) || is_ipv6(host)) return true;
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_';
  });
}

void read_sentinels(Reader &read, const Json &redis, EchoRedis &out) {
  const Json &list = Reader::at(redis, "sentinels");
  if (list.is_null()) return;
  if (!list.is_array()) return read.fail("sentinels", "must be a list");
  for (const Json &one : list) {
    if (out.sentinels.size() >= EchoReader::kListMax)
      return read.fail("sentinels", "has more entries than anybody has sentinels");
    std::string host;
    uint16_t port = 26379;
    read.text(one, "host", host);
    read.port(one, "port", port);
    out.sentinels.push_back(host + ':' + std::to_string(port));
  }
}

void read_redis(Reader &read, const Json &database, EchoRedis &out) {
  const Json &redis = Reader::at(database, "redis");
  if (redis.is_string()) {
    out.url = redis.get<std::string>();
    return;
  }
  if (redis.is_null()) return;
  if (!redis.is_object()) return read.fail("databaseConfig.redis", "must be an object or a redis:// URL");
  read.text(redis, "host", out.host);
  read.port(redis, "port", out.port);
  read.text(redis, "username", out.username);
  read.text(redis, "password", out.password);
  read.text(redis, "keyPrefix", out.key_prefix);
  read.text(redis, "path", out.path);
  read.text(redis, "name", out.sentinel_name);
  if (const auto db = read.number(redis, "db", 1'000'000)) out.db = *db;
  const Json &tls = Reader::at(redis, "tls");
  out.tls = tls.is_object() || tls == true;
  read_sentinels(read, redis, out);
  if (out.host.empty()) out.host = "127.0.0.1";
  if (!host_like(out.host)) read.fail("databaseConfig.redis.host", "is no host name or address");
  // What a connection's own care makes needless is not worth a word.
  read.others(redis, "databaseConfig.redis.",
              {"host", "port", "username", "password", "keyPrefix", "path", "name", "db", "tls", "sentinels", "family",
               "keepAlive", "retryStrategy", "connectTimeout", "lazyConnect", "enableReadyCheck"});
}

void read_database(Reader &read, const Json &root, EchoSettings &out) {
  const Json &kind = Reader::at(root, "database");
  if (!kind.is_null() && !kind.is_string()) read.fail("database", "must be \"redis\" or \"sqlite\"");
  const Json &database = read.object(root, "databaseConfig");
  out.presence_in_database = kind == "sqlite" || kind == "redis";
  read.flag(database, "publishPresence", out.presence_published);
  read_redis(read, database, out.redis);
  read.others(database, "databaseConfig.", {"redis", "sqlite", "publishPresence"});
}

void read_clients(Reader &read, const Json &root, EchoSettings &out) {
  const Json &clients = Reader::at(root, "clients");
  if (clients.is_null()) return;
  if (!clients.is_array()) return read.fail("clients", "must be a list of {\"appId\", \"key\"}");
  if (clients.size() > EchoReader::kListMax) return read.fail("clients", "has more than 64 entries");
  for (const Json &one : clients) {
    std::string id, key;
    if (Reader::at(one, "appId").is_number_unsigned())
      id = Reader::at(one, "appId").dump();
    else
      read.text(one, "appId", id);
    read.text(one, "key", key);
    if (id.empty() || key.empty()) return read.fail("clients", "wants an \"appId\" and a \"key\" in each entry");
    out.clients.emplace_back(std::move(id), std::move(key));
    read.others(one, "clients.", {"appId", "key"});
  }
}

// Origins are written in many ways: "http://a:80, https://b", "*:*", a list.
void split_origins(const std::string &text, std::vector<std::string> &into) {
  size_t begin = 0;
  while (begin < text.size() && into.size() < EchoReader::kListMax) {
    const size_t end = std::min(text.find_first_of(", \t\r\n", begin), text.size());
    std::string one = text.substr(begin, end - begin);
    while (!one.empty() && one.back() == '/') one.pop_back();
    if (!one.empty() && std::find(into.begin(), into.end(), one) == into.end()) into.push_back(std::move(one));
    begin = end + 1;
  }
}

void read_web(Reader &read, const Json &root, EchoSettings &out) {
  const Json &api = read.object(root, "apiOriginAllow");
  const Json &socketio = read.object(root, "socketio");
  std::vector<std::string> written;
  read.flag(api, "allowCors", out.cors);
  if (out.cors) read.texts(api, "allowOrigin", written);
  const Json &origins = Reader::at(socketio, "origins");
  if (origins.is_string() || origins.is_array()) read.texts(socketio, "origins", written);
  for (const std::string &text : written) split_origins(text, out.origins);
  EchoTransport &transport = out.transport;
  read.text(socketio, "path", transport.path);
  constexpr uint64_t kDayMs = 86'400'000;
  transport.ping_interval_ms = read.number(socketio, "pingInterval", kDayMs);
  transport.ping_timeout_ms = read.number(socketio, "pingTimeout", kDayMs);
  transport.upgrade_timeout_ms = read.number(socketio, "upgradeTimeout", kDayMs);
  transport.payload_max = read.number(socketio, "maxHttpBufferSize", 1u << 30);
  read.texts(socketio, "transports", transport.transports);
  read.others(api, "apiOriginAllow.", {"allowCors", "allowOrigin", "allowMethods", "allowHeaders"});
  read.others(socketio, "socketio.",
              {"origins", "path", "pingInterval", "pingTimeout", "upgradeTimeout", "maxHttpBufferSize", "transports"});
}

void read_tls(Reader &read, const Json &root, EchoSettings &out) {
  std::string protocol, passphrase;
  read.text(root, "protocol", protocol);
  if (!protocol.empty() && protocol != "http" && protocol != "https")
    read.fail("protocol", "must be \"http\" or \"https\"");
  out.https = protocol == "https";
  read.text(root, "sslCertPath", out.certificate);
  read.text(root, "sslKeyPath", out.key);
  read.text(root, "sslCertChainPath", out.chain);
  read.text(root, "sslPassphrase", passphrase);
  out.passphrase = !passphrase.empty();
}

void read_root(Reader &read, const Json &root, EchoSettings &out) {
  read.texts(root, "authHost", out.auth_hosts);
  if (out.auth_hosts.empty()) out.auth_hosts.push_back("http://localhost");
  read.text(root, "authEndpoint", out.auth_endpoint);
  read.text(root, "host", out.host);
  read.port(root, "port", out.port);
  read.flag(root, "devMode", out.debug);
  const Json &subscribers = read.object(root, "subscribers");
  read.flag(subscribers, "redis", out.from_redis);
  read.flag(subscribers, "http", out.from_http);
  read.others(subscribers, "subscribers.", {"redis", "http"});
  read_tls(read, root, out);
  read_clients(read, root, out);
  read_database(read, root, out);
  read_web(read, root, out);
  read.others(
      root, "",
      {"authHost", "authEndpoint", "clients", "database", "databaseConfig", "devMode", "host", "port", "protocol",
       "socketio", "sslCertPath", "sslKeyPath", "sslCertChainPath", "sslPassphrase", "subscribers", "apiOriginAllow"});
}

// Line and column, counted from 1, of a byte.
std::string place(std::string_view text, size_t byte) {
  const std::string_view before = text.substr(0, byte);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
  return std::to_string(line) + ':' + std::to_string(before.size() - start + 1);
}

Result<Json> parse(std::string_view text) {
  // A real one has three levels; everything that walks a value recurses.
  constexpr int kDepthMax = 16;
  bool deep = false;
  const auto shallow = [&](int depth, Json::parse_event_t, const Json &) {
    deep |= depth > kDepthMax;
    return depth <= kDepthMax;
  };
  try {
    Json parsed = Json::parse(text, shallow);
    if (deep) return Status::error("1:1: it is nested deeper than a laravel-echo-server.json ever is");
    return parsed;
  } catch (const Json::parse_error &error) {
    const size_t byte = error.byte > 0 ? error.byte - 1 : 0;
    return Status::error(place(text, std::min(byte, text.size())) +
                         ": this is no JSON from here on; laravel-echo-server would not start with it either");
  } catch (const Json::exception &) {
    return Status::error("1:1: there is a number in it that no program can read");
  }
}

}  // namespace

Result<EchoSettings> read_echo_settings(std::string_view json) {
  Result<Json> root = parse(json);
  if (!root.ok()) return root.status();
  if (!root->is_object()) return Status::error("1:1: a laravel-echo-server.json is one object: { \"authHost\": … }");
  constexpr const char *kSome[] = {"authHost",       "authEndpoint", "clients", "database",
                                   "databaseConfig", "subscribers",  "socketio"};
  const auto there = [&](const char *key) { return root->contains(key); };
  if (std::none_of(std::begin(kSome), std::end(kSome), there))
    return Status::error(
        "1:1: this is no laravel-echo-server.json: there is no \"authHost\", \"clients\", "
        "\"databaseConfig\" or anything else of it");
  EchoSettings out;
  Reader read(out);
  read_root(read, *root, out);
  if (!read.status().ok()) return read.status();
  if (!out.from_redis && out.clients.empty())
    return Status::error(
        "\"subscribers\" and \"clients\" leave no way for events to come in: neither from redis nor, "
        "without an \"appId\" and a \"key\", by http; there is nothing to import");
  return out;
}

}  // namespace signalbox
