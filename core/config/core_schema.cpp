#include "core/config/core_schema.hpp"

namespace signalbox::config {
namespace {

// In pieces, because a compiler need not take string literals of more than 65,536 bytes, and a reader should not.
constexpr const char *kListeners = R"json(
  "listeners": {
    "type": "object", "description": "Where clients and callers come in.", "default": {},
    "additionalProperties": {
      "type": "object", "additionalProperties": false, "required": ["bind"],
      "properties": {
        "bind": { "type": "string", "minLength": 1, "examples": ["0.0.0.0:6001"],
                  "description": "host:port, [::1]:port or unix:/path" },
        "tls": {
          "type": "object", "additionalProperties": false, "required": ["certificate", "key"],
          "properties": {
            "certificate": { "type": "string", "format": "file", "description": "PEM file with the certificate and its chain" },
            "key": { "type": "string", "format": "file", "description": "PEM file with the private key" }
          }
        },
        "origins": { "type": "array", "items": { "type": "string" }, "default": [],
                     "description": "Browsers' origins that may come; missing: the same origin only; \"*\" for all" },
        "trusted_proxies": { "type": "array", "items": { "type": "string" }, "default": [],
                             "description": "Addresses and networks whose X-Forwarded-* headers count" },
        "limits": {
          "type": "object", "additionalProperties": false, "default": {},
          "properties": {
            "connections": { "type": "integer", "minimum": 1, "maximum": 10000000, "default": 100000 },
            "per_ip": { "type": "integer", "minimum": 1, "maximum": 10000000, "default": 1000 },
            "body": { "type": "string", "format": "size", "minimum": 1, "maximum": 1073741824, "default": "1MiB" },
            "headers": { "type": "string", "format": "size", "minimum": 1024, "maximum": 16777216, "default": "32KiB" },
            "handshake": { "type": "string", "format": "duration", "minimum": 100, "maximum": 600000, "default": "10s" },
            "message": { "type": "string", "format": "size", "minimum": 1, "maximum": 1073741824, "default": "1MiB" }
          }
        },
        "files": { "type": "object", "additionalProperties": { "type": "string", "format": "file" }, "default": {},
                   "description": "URL path -> file or folder that is served read-only" }
      }
    }
  })json";

constexpr const char *kParts = R"json({
    "type": "object", "default": {},
    "additionalProperties": {
      "type": "object", "additionalProperties": false, "required": ["plugin"],
      "properties": {
        "plugin": { "type": "string", "minLength": 1 },
        "with": { "description": "The plugin's own options" }
      }
    }
  })json";

constexpr const char *kPipelines = R"json(
  "pipelines": {
    "type": "object", "default": {},
    "additionalProperties": {
      "type": "object", "additionalProperties": false, "required": ["from", "to"],
      "properties": {
        "from": { "type": "array", "minItems": 1, "items": { "type": "string" } },
        "through": { "type": "array", "items": { "type": "string" }, "default": [] },
        "to": { "type": "array", "minItems": 1, "items": { "type": "string" } },
        "queue": {
          "type": "object", "additionalProperties": false, "default": {},
          "properties": {
            "events": { "type": "integer", "minimum": 1, "maximum": 100000000, "default": 65536 },
            "bytes": { "type": "string", "format": "size", "minimum": 1024, "default": "64MiB" },
            "when_full": { "type": "string", "enum": ["drop_oldest", "drop_newest"], "default": "drop_oldest" }
          }
        },
        "on_error": { "type": "string", "enum": ["drop", "pass", "dead_letter"], "default": "drop",
                      "description": "What becomes of an event when a filter fails" }
      }
    }
  })json";

constexpr const char *kTests = R"json(
  "tests": {
    "type": "array", "default": [],
    "items": {
      "type": "object", "additionalProperties": false, "required": ["name", "pipeline", "give", "expect"],
      "properties": {
        "name": { "type": "string", "minLength": 1 },
        "pipeline": { "type": "string" },
        "give": {
          "type": "object", "additionalProperties": false, "required": ["channel", "event", "data"],
          "properties": { "channel": { "type": "string", "minLength": 1 }, "event": { "type": "string" }, "data": {} }
        },
        "expect": { "oneOf": [
          { "type": "object", "additionalProperties": false, "required": ["delivered"],
            "properties": { "delivered": {
              "type": "object", "additionalProperties": false, "required": ["channel", "event", "data"],
              "properties": { "channel": { "type": "string", "minLength": 1 }, "event": { "type": "string" }, "data": {} } } } },
          { "type": "object", "additionalProperties": false, "required": ["dropped_by"],
            "properties": { "dropped_by": { "type": "string" } } }
        ] }
      }
    }
  })json";

constexpr const char *kProgram = R"json(
  "lanes": { "oneOf": [{ "const": "auto" }, { "type": "integer", "minimum": 1, "maximum": 1024 }], "default": "auto",
             "description": "Threads; auto: one for each core" },
  "log": {
    "type": "object", "additionalProperties": false, "default": {},
    "properties": {
      "level": { "type": "string", "enum": ["debug", "info", "warn", "error"], "default": "info" },
      "format": { "type": "string", "enum": ["text", "json"], "default": "text" }
    }
  },
  "admin": {
    "type": "object", "additionalProperties": false, "required": ["bind"],
    "properties": { "bind": { "type": "string", "minLength": 1, "examples": ["127.0.0.1:6002"] } }
  },
  "shutdown": { "type": "string", "format": "duration", "minimum": 0, "maximum": 3600000, "default": "10s",
                "description": "How long clients and queues have to finish after SIGTERM" },
  "store": { "description": "The durable log" },
  "channels": { "description": "What is kept of which channels" })json";

}  // namespace

const char *core_schema_json() {
  static const std::string text = std::string(R"({"$schema":"https://json-schema.org/draft/2020-12/schema",)") +
                                  R"("title":"signalbox","type":"object","additionalProperties":false,"properties":{)" +
                                  kListeners + ",\"sources\":" + kParts + ",\"filters\":" + kParts +
                                  ",\"sinks\":" + kParts + "," + kPipelines + "," + kTests + "," + kProgram + "}}";
  return text.c_str();
}

const Schema &core_schema() {
  static const Result<Schema> schema = compile(core_schema_json());
  return *schema;
}

}  // namespace signalbox::config
