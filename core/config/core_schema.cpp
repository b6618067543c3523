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

// A rate that is hardly ever full again is a mistake; so is a burst that no subscribe of a thousand channels could
// have.
constexpr const char *kRate = R"json({
    "type": "object", "additionalProperties": false, "required": ["per_second", "burst"],
    "properties": {
      "per_second": { "type": "number", "minimum": 0.001, "maximum": 1000000000, "description": "In the long run" },
      "burst": { "type": "number", "minimum": 1, "maximum": 1000000000, "description": "At once, after a quiet time" }
    })json";

std::string sinks_schema() {
  const std::string rate = std::string(kRate) + '}';
  const std::string spoken = std::string(kRate) + R"(, "default": {"per_second": 10, "burst": 50}})";
  const auto group = [](const std::string &properties) {
    return R"({"type": "object", "additionalProperties": false, "default": {}, "properties": {)" + properties + "}}";
  };
  const std::string shared = R"(, "per_address": )" + rate + R"(, "per_principal": )" + rate;
  const std::string limits = R"("connects": )" + group(R"("per_address": )" + rate) + R"(, "subscribes": )" +
                             group(R"("per_connection": )" + rate + shared) + R"(, "client_events": )" +
                             group(R"("per_connection": )" + spoken + shared);
  return R"({"type": "object", "default": {}, "additionalProperties": {
    "type": "object", "additionalProperties": false, "required": ["plugin"], "properties": {
      "plugin": { "type": "string", "minLength": 1 },
      "with": { "description": "The plugin's own options" },
      "limits": )" +
         group(limits) + "}}}";
}

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
                "description": "How long clients and queues have to finish after SIGTERM" })json";

// A replay is read and sent in one go for each subscriber, so a channel keeps what a page may want again, not an
// archive: a million events.  The rules are tried one after the other for each event that is not yet known: a thousand.
constexpr const char *kLog = R"json(
  "store": {
    "type": "object", "additionalProperties": false, "default": {},
    "description": "Where the event log keeps what channels retain",
    "properties": {
      "path": { "type": "string", "format": "file", "examples": ["./data/signalbox.db"],
                "description": "Database file of the durable channels; missing: everything is kept in memory" },
      "recover": { "type": "boolean", "default": false,
                   "description": "Move a damaged database aside and begin a new one, instead of not starting" },
      "memory": { "type": "string", "format": "size", "minimum": 1048576, "maximum": 1099511627776, "default": "256MiB",
                  "description": "Of all retained events in memory; beyond it the oldest are forgotten" },
      "size": { "type": "string", "format": "size", "minimum": 1048576, "maximum": 17592186044416, "default": "10GiB",
                "description": "Of the database file; beyond it events are not taken, and their sources are told" }
    }
  },
  "channels": {
    "type": "array", "maxItems": 1000, "default": [],
    "description": "What is kept of which channels; the first rule that matches counts, no rule: nothing is kept",
    "items": {
      "type": "object", "additionalProperties": false, "required": ["match"],
      "properties": {
        "match": { "type": "string", "format": "channel_pattern", "examples": ["pay.*"],
                   "description": "A channel, or a pattern: * is any run of characters, ? is one" },
        "retain": {
          "type": "object", "additionalProperties": false, "description": "Missing: nothing is kept",
          "properties": {
            "events": { "type": "integer", "minimum": 0, "maximum": 1000000, "default": 100 },
            "bytes": { "type": "string", "format": "size", "minimum": 1024, "maximum": 1073741824, "default": "1MiB" },
            "for": { "type": "string", "format": "duration", "minimum": 1, "maximum": 31536000000, "default": "1h" },
            "durable": { "type": "boolean", "default": false,
                         "description": "Kept on disk, and acknowledged only when it is there; wants store.path" }
          }
        },
        "replay": { "type": "string", "enum": ["none", "last", "retained"],
                    "description": "What a subscriber without a cursor gets; missing: retained, if anything is" }
      }
    }
  })json";

}  // namespace

const char *core_schema_json() {
  static const std::string text = std::string(R"({"$schema":"https://json-schema.org/draft/2020-12/schema",)") +
                                  R"("title":"signalbox","type":"object","additionalProperties":false,"properties":{)" +
                                  kListeners + ",\"sources\":" + kParts + ",\"filters\":" + kParts +
                                  ",\"sinks\":" + sinks_schema() + "," + kPipelines + "," + kTests + "," + kProgram +
                                  "," + kLog + "}}";
  return text.c_str();
}

const Schema &core_schema() {
  static const Result<Schema> schema = compile(core_schema_json());
  return *schema;
}

}  // namespace signalbox::config
