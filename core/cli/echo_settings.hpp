// EchoSettings: what a laravel-echo-server.json says, read as laravel-echo-server 1.x reads it and checked.  Everything
// in it is somebody else's: no text of it is fit for a message or a file without escaping.  Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/status.hpp"

namespace signalbox {

struct EchoRedis {
  std::string url;                                                       // a whole one, instead of what follows
  std::string host = "127.0.0.1", username, password, key_prefix, path;  // path: of a unix socket
  uint16_t port = 6379;
  uint64_t db = 0;
  bool tls = false;
  std::vector<std::string> sentinels;  // host:port
  std::string sentinel_name;
};

struct EchoTransport {  // what is in `socketio`
  std::string path;
  std::optional<uint64_t> ping_interval_ms, ping_timeout_ms, upgrade_timeout_ms, payload_max;
  std::vector<std::string> transports;
};

struct EchoSettings {
  std::vector<std::string> auth_hosts;
  std::string auth_endpoint = "/broadcasting/auth";
  std::vector<std::pair<std::string, std::string>> clients;  // app id, key
  std::string host;                                          // empty: every address
  uint16_t port = 6001;
  bool https = false;
  std::string certificate, key, chain;
  bool passphrase = false;
  bool debug = false;
  bool from_redis = true, from_http = true;
  bool presence_in_database = false, presence_published = false;
  EchoRedis redis;
  EchoTransport transport;
  std::vector<std::string> origins;  // as they stand there, "*" and worse included
  bool cors = false;                 // apiOriginAllow.allowCors
  std::vector<std::string> unknown;  // keys that mean nothing here, as a.b; and what was cut off of their list
  size_t unknown_left_out = 0;
};

// The message of a failure says where in the text, or which key, and what to do.
Result<EchoSettings> read_echo_settings(std::string_view json);

}  // namespace signalbox
