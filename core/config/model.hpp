// What a configuration file says, checked and complete: what the rest of the core is built from.  Plain values, made by
// load().
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/sink_rates.hpp"
#include "core/config/position.hpp"

namespace signalbox::config {

struct Tls {
  std::string certificate, key;  // paths of PEM files
};

struct Limits {
  uint64_t connections = 0;
  uint64_t per_ip = 0;
  uint64_t body = 0;     // bytes
  uint64_t headers = 0;  // bytes
  int64_t handshake_ms = 0;
  uint64_t message = 0;  // bytes
};

struct Listener {
  std::string name, bind;  // bind: host:port, [::1]:port or unix:/path
  std::optional<Tls> tls;
  std::vector<std::string> origins;  // empty: the same origin only
  Position origins_at;
  std::vector<std::string> trusted_proxies;  // addresses and networks
  Limits limits;
  std::vector<std::pair<std::string, std::string>> files;  // URL path -> file or folder, served read-only
  Position position;
};

struct Instance {
  std::string name, plugin;
  std::string with_json;  // canonical: passed the plugin's schema, defaults filled in.  Has secrets: never print it.
  Position position;
  std::map<std::string, Position> positions;  // JSON pointer into `with:` -> where it stands
  SinkRates rates{};                          // of sinks
};

// Where the value that a plugin names by JSON pointer stands: itself, or the nearest that holds it.
Position locate(const Instance &instance, std::string_view json_pointer);

enum class WhenFull { drop_oldest, drop_newest };
enum class OnError { drop, pass };

struct Queue {
  uint64_t events = 0;
  uint64_t bytes = 0;
  WhenFull when_full = WhenFull::drop_oldest;
};

struct Pipeline {
  std::string name;
  std::vector<std::string> from, through, to;
  std::vector<Position> to_at;  // where each of `to` stands
  Queue queue;
  OnError on_error = OnError::drop;
  Position position;
};

struct Event {
  std::string channel, event, data_json;
};

// What `tests:` asks: an event goes in; either it comes out as `delivered`, or a filter drops it.
struct Test {
  std::string name, pipeline;
  Event give;
  std::optional<Event> delivered;
  std::string dropped_by;  // a filter; empty when delivered
  Position position;
};

enum class LogLevel { debug, info, warn, error };
enum class LogFormat { text, json };
struct Log {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
};

// Where the event log keeps what channels retain.
struct Store {
  std::optional<std::string> path;  // of the database; nothing: memory alone
  bool recover = false;             // move a damaged one aside
  uint64_t memory = 0;              // bytes of all retained events in memory
  uint64_t size = 0;                // bytes of the database's file
  Position position;                // of the path, or of the section
};

// What is kept of the channels that `match` names, and what of it a subscriber without a cursor gets.  First match
// wins.
struct ChannelRule {
  enum class Replay { none, last, retained };
  std::string match;    // '*': any run of characters, '?': one
  uint64_t events = 0;  // of one channel; 0: nothing is kept
  uint64_t bytes = 0;   // of one channel
  int64_t for_ms = 0;   // 0 only where nothing is kept
  bool durable = false;
  Replay replay = Replay::none;
  Position position;  // of the pattern
};

struct Admin {
  std::string bind;
  Position position;
};

struct Model {
  std::string file;
  unsigned lanes = 0;  // 0: as many as there are cores
  Log log;
  std::optional<Admin> admin;
  int64_t shutdown_ms = 0;
  Store store;
  std::vector<ChannelRule> channels;
  std::vector<Listener> listeners;
  std::vector<Instance> sources, filters, sinks;
  std::vector<Pipeline> pipelines;
  std::vector<Test> tests;
};

}  // namespace signalbox::config
