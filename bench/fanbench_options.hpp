// What fanbench was asked to do; the head of fanbench.cpp says what the options mean.
#pragma once
#include "fanbench_measure.hpp"

// -------------------------------------------------------------------- options

enum class Proto { ws, sio4, sio3, sse };
enum class Pub { none, redis, http };

struct Options {
  Proto proto = Proto::ws;
  string proto_name = "ws", host = "127.0.0.1", path, subscribe, channel, label;
  int port = 3000, conns = 1000, channels = 1, conc = 128, sources = 4;
  Pub pub = Pub::redis;
  string pub_name = "redis", redis = "127.0.0.1:6379", url, body = "{msg}";
  int pub_conns = 8, size = 128, window = 8, core = -1;
  double rate = 0, warmup = 1, secs = 5, settle = 2;
  std::vector<int> pids, aux;
  bool quiet = false, tls = false;
  int replay = 0, rounds = 10;
};
inline Options opt;

inline std::vector<int> int_list(const char *s) {
  std::vector<int> v;
  for (char *end; *s; s = *end ? end + 1 : end) {
    long x = strtol(s, &end, 10);
    if (end == s) break;
    v.push_back(int(x));
  }
  return v;
}

inline void parse_args(int argc, char **argv) {
  for (int i = 1; i < argc; ++i) {
    string a = argv[i];
    if (a == "--quiet") {
      opt.quiet = true;
      continue;
    }
    if (a == "--tls") {
      opt.tls = true;
      continue;
    }
    if (i + 1 >= argc) die("missing value or unknown option " + a);
    const char *v = argv[++i];
    if (a == "--proto") {
      opt.proto_name = v;
      if (opt.proto_name == "ws")
        opt.proto = Proto::ws;
      else if (opt.proto_name == "sio4")
        opt.proto = Proto::sio4;
      else if (opt.proto_name == "sio3")
        opt.proto = Proto::sio3;
      else if (opt.proto_name == "sse")
        opt.proto = Proto::sse;
      else
        die("unknown protocol " + opt.proto_name);
    } else if (a == "--pub") {
      opt.pub_name = v;
      if (opt.pub_name == "redis")
        opt.pub = Pub::redis;
      else if (opt.pub_name == "http")
        opt.pub = Pub::http;
      else if (opt.pub_name == "none")
        opt.pub = Pub::none;
      else
        die("unknown publisher " + opt.pub_name);
    } else if (a == "--host")
      opt.host = v;
    else if (a == "--port")
      opt.port = atoi(v);
    else if (a == "--path")
      opt.path = v;
    else if (a == "--subscribe")
      opt.subscribe = v;
    else if (a == "--conns")
      opt.conns = atoi(v);
    else if (a == "--channels")
      opt.channels = atoi(v);
    else if (a == "--channel")
      opt.channel = v;
    else if (a == "--replay")
      opt.replay = atoi(v);
    else if (a == "--rounds")
      opt.rounds = atoi(v);
    else if (a == "--conc")
      opt.conc = atoi(v);
    else if (a == "--sources")
      opt.sources = std::max(1, atoi(v));
    else if (a == "--redis")
      opt.redis = v;
    else if (a == "--url")
      opt.url = v;
    else if (a == "--body")
      opt.body = v;
    else if (a == "--pub-conns")
      opt.pub_conns = atoi(v);
    else if (a == "--size")
      opt.size = atoi(v);
    else if (a == "--rate")
      opt.rate = atof(v);
    else if (a == "--window")
      opt.window = std::max(1, atoi(v));
    else if (a == "--warmup")
      opt.warmup = atof(v);
    else if (a == "--secs")
      opt.secs = atof(v);
    else if (a == "--settle")
      opt.settle = atof(v);
    else if (a == "--pid")
      opt.pids = int_list(v);
    else if (a == "--aux-pid")
      opt.aux = int_list(v);
    else if (a == "--core")
      opt.core = atoi(v);
    else if (a == "--label")
      opt.label = v;
    else
      die("unknown option " + a);
  }
  if (opt.path.empty())
    opt.path = opt.proto == Proto::sio4   ? "/socket.io/?EIO=4&transport=websocket"
               : opt.proto == Proto::sio3 ? "/socket.io/?EIO=3&transport=websocket"
                                          : "/";
  if (opt.channel.empty()) opt.channel = opt.channels == 1 ? "bench" : "ch{i}";
}

inline string channel_name(int i) { return replace_all(opt.channel, "{i}", std::to_string(i)); }
