// The world of the configuration's tests: plugins with schemas like the real ones, a few variables and files.
#pragma once
#include "core/config/load.hpp"

namespace signalbox::config {

class FakeCatalog : public Catalog {
 public:
  std::optional<std::string> schema(Kind kind, std::string_view plugin) const override {
    if (kind == Kind::source && plugin == "redis") return kRedis;
    if (kind == Kind::source && plugin == "hooks") return kHooks;
    if (kind == Kind::source && plugin == "shaky") return R"({"type":"object","properties":{"a":{"type":"strng"}}})";
    if (kind == Kind::filter && plugin == "whitelist") return kWhitelist;
    if (kind == Kind::filter && plugin == "auth") return kAuth;
    if (kind == Kind::sink && plugin == "socketio") return kSocketio;
    return std::nullopt;
  }

  std::vector<std::string> names(Kind kind) const override {
    if (kind == Kind::source) return {"redis", "shaky"};
    if (kind == Kind::filter) return {"auth", "whitelist"};
    return {"socketio"};
  }

 private:
  static constexpr const char *kRedis = R"json({
    "type": "object", "additionalProperties": false, "required": ["url"], "properties": {
      "url": { "type": "string", "format": "url" },
      "patterns": { "type": "array", "items": { "type": "string", "format": "channel_pattern" } },
      "channels": { "type": "array", "minItems": 1, "items": { "type": "string" } },
      "prefix": { "type": "string", "maxLength": 64, "default": "" },
      "username": { "type": "string" },
      "password": { "type": "string", "x-secret": true },
      "database": { "type": "integer", "minimum": 0, "maximum": 15, "default": 0 },
      "codec": { "type": "string", "enum": ["laravel", "raw"], "default": "laravel" },
      "ping": { "type": "string", "format": "duration", "minimum": 1000, "default": "15s" },
      "reply_max": { "type": "string", "format": "size", "default": "16MiB" },
      "ca": { "type": "string", "format": "file" },
      "tls_verify": { "type": "boolean", "default": true },
      "cluster": { "type": "boolean", "deprecated": true, "description": "say it in the url" }
    } })json";

  static constexpr const char *kHooks = R"json({
    "type": "object", "additionalProperties": false, "properties": {
      "preset": { "oneOf": [{ "type": "string", "enum": ["publish", "github", "stripe"] }, { "type": "object" }] },
      "keys": { "type": "object", "x-secret": true, "additionalProperties": { "type": ["string", "object"],
        "properties": { "file": { "type": "string", "format": "file" } }, "additionalProperties": false } }
    } })json";

  static constexpr const char *kWhitelist = R"json({
    "type": "object", "additionalProperties": false, "required": ["rules"], "properties": {
      "rules": { "type": "array", "minItems": 1, "items": {
        "type": "object", "additionalProperties": false, "required": ["keep"], "properties": {
          "channel": { "type": "string", "format": "channel_pattern", "default": "*" },
          "event": { "type": "string", "minLength": 1, "default": "*" },
          "keep": { "type": "array", "items": { "type": "string", "format": "json_pointer" } } } } },
      "otherwise": { "enum": ["drop", "empty", "pass"], "default": "drop" }
    } })json";

  static constexpr const char *kAuth = R"json({
    "type": "object", "additionalProperties": false, "required": ["rules"], "properties": {
      "rules": { "type": "array", "items": { "oneOf": [
        { "type": "object", "additionalProperties": false, "required": ["kind", "endpoint"], "properties": {
            "kind": { "const": "laravel" }, "endpoint": { "type": "string", "format": "url" },
            "timeout": { "type": "string", "format": "duration", "default": "5s" } } },
        { "type": "object", "additionalProperties": false, "required": ["kind", "key"], "properties": {
            "kind": { "const": "ticket" }, "key": { "type": "string", "x-secret": true, "minLength": 8 } } } ] } }
    } })json";

  static constexpr const char *kSocketio = R"json({
    "type": "object", "additionalProperties": false, "required": ["listener"], "properties": {
      "listener": { "type": "string", "format": "listener" },
      "path": { "type": "string", "format": "path", "default": "/socket.io" },
      "mode": { "type": "string", "enum": ["broadcast", "echo"], "default": "echo" },
      "cookie": { "type": "string", "pattern": "^[A-Za-z0-9_]+$" },
      "heartbeat": { "type": "object", "additionalProperties": false, "default": {}, "properties": {
        "interval": { "type": "string", "format": "duration", "default": "25s" },
        "timeout": { "type": "string", "format": "duration", "default": "20s" } } },
      "headers": { "type": "object", "additionalProperties": { "type": "string" } },
      "resume_for": { "oneOf": [{ "const": "never" }, { "type": "string", "format": "duration" }], "default": "never" }
    } })json";
};

inline Environment fake_environment() {
  Environment environment;
  environment.variable = [](const std::string &name) -> std::optional<std::string> {
    if (name == "REDIS_URL") return "redis://:hunter2@10.0.0.5:6379/0";
    if (name == "PORT") return "6001";
    if (name == "DATABASE") return "3";
    if (name == "EMPTY") return "";
    if (name == "TOPSECRET") return "hunter2-and-more";
    if (name == "BINARY") return "\xff\xfe";
    if (name == "YAML") return "a: [1, 2]\n\"quote";
    return std::nullopt;
  };
  environment.file = [](const std::string &path) -> Result<std::string> {
    if (path == "/run/secrets/redis") return std::string("from-the-file\n");
    if (path == "secrets/near") return std::string("near");
    if (path == "/run/secrets/huge") return std::string(100'000, 'x');
    return Status::error("no such file");
  };
  return environment;
}

}  // namespace signalbox::config
