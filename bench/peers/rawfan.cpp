// rawfan - the physical limit: the least work a server can do to fan a Redis
// message out to N TCP clients.  One thread, epoll, one pre-encoded frame,
// one send() per client.  It is a yardstick, not a product: no timeouts, no
// back-pressure (a full socket is waited for), no client frames.
//
//   g++ -std=c++20 -O2 -Wall -Wextra -o rawfan rawfan.cpp
//   rawfan [--port 3000] [--redis HOST:PORT] [--batch] [--rooms] [--greet]
//
//   --batch   all messages found in one read from Redis go out in one send()
//             per client (what corking / write coalescing can reach)
//   --rooms   a client of path /<name> receives only channel <name>
//   --greet   whoever comes gets the first 100 messages, in one send() after its handshake (what a replay can reach)
//
// Several of them may share a port (SO_REUSEPORT), one on each core, and with it the clients.
//
// An "Upgrade: websocket" request becomes a WebSocket, any other a text/event-stream.

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

using std::string;
using std::string_view;

static string sha1_base64(string m) {
  uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  uint64_t bits = uint64_t(m.size()) * 8;
  m += char(0x80);
  while (m.size() % 64 != 56) m += '\0';
  for (int i = 7; i >= 0; --i) m += char(bits >> (8 * i));
  auto rol = [](uint32_t x, int n) { return x << n | x >> (32 - n); };
  for (size_t o = 0; o < m.size(); o += 64) {
    uint32_t w[80];
    for (int i = 0; i < 16; ++i) {
      auto *b = reinterpret_cast<const unsigned char *>(m.data()) + o + size_t(i) * 4;
      w[i] = uint32_t(b[0]) << 24 | uint32_t(b[1]) << 16 | uint32_t(b[2]) << 8 | b[3];
    }
    for (int i = 16; i < 80; ++i) w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 80; ++i) {
      uint32_t f, k;
      if (i < 20)
        f = (b & c) | (~b & d), k = 0x5A827999;
      else if (i < 40)
        f = b ^ c ^ d, k = 0x6ED9EBA1;
      else if (i < 60)
        f = (b & c) | (b & d) | (c & d), k = 0x8F1BBCDC;
      else
        f = b ^ c ^ d, k = 0xCA62C1D6;
      uint32_t t = rol(a, 5) + f + e + k + w[i];
      e = d;
      d = c;
      c = rol(b, 30);
      b = a;
      a = t;
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
  }
  unsigned char dig[21] = {};
  for (int i = 0; i < 20; ++i) dig[i] = static_cast<unsigned char>(h[i / 4] >> (24 - 8 * (i % 4)));
  static const char *abc = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  string out;
  for (int i = 0; i < 21; i += 3) {
    uint32_t v = uint32_t(dig[i]) << 16 | uint32_t(dig[i + 1]) << 8 | (i + 2 < 20 ? dig[i + 2] : 0);
    out += abc[v >> 18];
    out += abc[v >> 12 & 63];
    out += abc[v >> 6 & 63];
    out += i + 2 < 20 ? abc[v & 63] : '=';
  }
  return out;
}

enum Kind : uint8_t { none, ws, sse };
struct Client {
  Kind kind = none;
  uint32_t slot = 0;
};

static int ep, redis_fd;
static bool batch = false, rooms = false, greet = false;
static constexpr int kGreetMax = 100;
static int greeted = 0;
static string greeting[3];                       // of each kind
static std::vector<Client> clients;              // by fd
static std::vector<int> everyone[3];             // fds of each kind
static std::unordered_map<string, int> by_room;  // one client per room is enough here
static string redis_in;
static char buf[1 << 18];

static void send_all(int fd, string_view data) {
  while (!data.empty()) {
    ssize_t n = send(fd, data.data(), data.size(), MSG_NOSIGNAL);
    if (n < 0) {
      if (errno != EAGAIN) return;
      pollfd p{fd, POLLOUT, 0};
      poll(&p, 1, 1000);
      continue;
    }
    data.remove_prefix(size_t(n));
  }
}

static void encode(string &out, Kind kind, string_view m) {
  if (kind == sse) {
    out += "data: ";
    out += m;
    out += "\n\n";
    return;
  }
  out += char(0x81);
  if (m.size() < 126)
    out += char(m.size());
  else {
    out += char(126);
    out += char(m.size() >> 8);
    out += char(m.size() & 255);
  }
  out += m;
}

static void goodbye(int fd) {
  Client &c = clients[size_t(fd)];
  auto &v = everyone[c.kind];
  if (c.kind != none) {
    int last = v.back();
    v[c.slot] = last;
    clients[size_t(last)].slot = c.slot;
    v.pop_back();
  }
  c.kind = none;
  close(fd);
}

static void hello(int fd) {
  ssize_t n = recv(fd, buf, sizeof buf, 0);
  if (n <= 0) {
    if (n == 0 || errno != EAGAIN) goodbye(fd);
    return;
  }
  Client &c = clients[size_t(fd)];
  if (c.kind != none) return;  // client frames are ignored
  string_view req(buf, size_t(n));
  size_t key = req.find("Sec-WebSocket-Key: ");
  if (key != string_view::npos) {
    string k(req.substr(key + 19, req.find("\r\n", key) - key - 19));
    send_all(fd,
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
                 sha1_base64(k + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11") + "\r\n\r\n");
    c.kind = ws;
  } else {
    send_all(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\r\n");
    c.kind = sse;
  }
  if (!greeting[c.kind].empty()) send_all(fd, greeting[c.kind]);
  c.slot = uint32_t(everyone[c.kind].size());
  everyone[c.kind].push_back(fd);
  if (rooms) by_room[string(req.substr(5, req.find(' ', 5) - 5))] = fd;
}

// Takes one "pmessage" array off the front of `in`; false if incomplete.
static bool next_message(string_view &in, string_view &channel, string_view &payload) {
  string_view s = in, part[4];
  auto number = [&](char type, size_t &out) {
    size_t eol = s.find("\r\n");
    if (eol == string_view::npos || s[0] != type) return false;
    out = size_t(atol(s.data() + 1));
    s.remove_prefix(eol + 2);
    return true;
  };
  size_t n, len;
  if (!number('*', n)) return false;
  for (size_t i = 0; i < n; ++i) {
    if (!s.empty() && s[0] == ':') {
      if (!number(':', len)) return false;
      continue;
    }
    if (!number('$', len) || s.size() < len + 2) return false;
    if (i < 4) part[i] = s.substr(0, len);
    s.remove_prefix(len + 2);
  }
  in = s;
  channel = part[2];
  payload = n == 4 ? part[3] : string_view();
  return true;
}

static void on_redis() {
  ssize_t n = recv(redis_fd, buf, sizeof buf, 0);
  if (n <= 0) {
    perror("redis");
    exit(1);
  }
  redis_in.append(buf, size_t(n));
  string_view in = redis_in, channel, payload;
  static string frame[3];
  auto flush = [] {
    for (Kind k : {ws, sse}) {
      if (!frame[k].empty())
        for (int fd : everyone[k]) send_all(fd, frame[k]);
      frame[k].clear();
    }
  };
  while (!in.empty() && next_message(in, channel, payload)) {
    if (payload.empty()) continue;
    if (rooms) {
      auto it = by_room.find(string(channel));
      if (it == by_room.end()) continue;
      string f;
      encode(f, clients[size_t(it->second)].kind, payload);
      send_all(it->second, f);
      continue;
    }
    for (Kind k : {ws, sse})
      if (!everyone[k].empty()) encode(frame[k], k, payload);
    if (greet && greeted < kGreetMax) {
      ++greeted;
      for (Kind k : {ws, sse}) encode(greeting[k], k, payload);
    }
    if (!batch) flush();
  }
  flush();
  redis_in.erase(0, redis_in.size() - in.size());
}

int main(int argc, char **argv) {
  int port = 3000;
  string redis = "127.0.0.1:6379";
  for (int i = 1; i < argc; ++i) {
    string a = argv[i];
    if (a == "--batch")
      batch = true;
    else if (a == "--rooms")
      rooms = true;
    else if (a == "--greet")
      greet = true;
    else if (a == "--port" && i + 1 < argc)
      port = atoi(argv[++i]);
    else if (a == "--redis" && i + 1 < argc)
      redis = argv[++i];
    else {
      fprintf(stderr, "unknown option %s\n", a.c_str());
      return 2;
    }
  }
  signal(SIGPIPE, SIG_IGN);
  rlimit rl;
  getrlimit(RLIMIT_NOFILE, &rl);
  rl.rlim_cur = rl.rlim_max;
  setrlimit(RLIMIT_NOFILE, &rl);
  clients.resize(rl.rlim_max);
  ep = epoll_create1(0);

  sockaddr_in a{};
  a.sin_family = AF_INET;
  size_t colon = redis.rfind(':');
  a.sin_port = htons(uint16_t(atoi(redis.c_str() + colon + 1)));
  inet_pton(AF_INET, redis.substr(0, colon).c_str(), &a.sin_addr);
  redis_fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(redis_fd, reinterpret_cast<sockaddr *>(&a), sizeof a) < 0) {
    perror("redis");
    return 1;
  }
  send_all(redis_fd, "*2\r\n$10\r\nPSUBSCRIBE\r\n$1\r\n*\r\n");

  int ls = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  setsockopt(ls, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(ls, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
  a.sin_port = htons(uint16_t(port));
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(ls, reinterpret_cast<sockaddr *>(&a), sizeof a) < 0 || listen(ls, 4096) < 0) {
    perror("listen");
    return 1;
  }

  auto add = [](int fd) {
    epoll_event e{};
    e.events = EPOLLIN;
    e.data.fd = fd;
    epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
  };
  add(ls);
  add(redis_fd);
  for (;;) {
    epoll_event ev[256];
    int n = epoll_wait(ep, ev, 256, -1);
    for (int i = 0; i < n; ++i) {
      int fd = ev[i].data.fd;
      if (fd == redis_fd)
        on_redis();
      else if (fd != ls)
        hello(fd);
      else
        for (int c; (c = accept4(ls, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
          setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
          add(c);
        }
    }
  }
}
