// fanbench - load generator for event routers (one publisher side, N subscribers).
//
// Opens N subscriber connections, publishes messages, counts and times every
// delivery, and prints ONE line of JSON.  One thread, raw epoll, no libraries.
//
//   g++ -std=c++20 -O2 -Wall -Wextra -o fanbench fanbench.cpp -lssl -lcrypto
//
// Subscribers
//   --proto ws|sio4|sio3|sse   raw WebSocket, Socket.IO over WebSocket with
//                          EIO=4 or EIO=3, Server-Sent Events      (default ws)
//   --host 127.0.0.1 --port 3000     server address (IPv4 only)
//   --path /ws             request path; default /socket.io/?EIO=..&transport=websocket
//                          for sio*, "/" otherwise; may contain {ch}
//   --subscribe TEXT       text message sent once after the handshake; may contain {ch}
//   --conns N              subscribers                            (default 1000)
//   --channels C           subscriber i listens on channel i % C   (default 1)
//   --channel NAME         channel name; {i} is replaced by the channel number
//                          (default "bench" if C == 1, otherwise "ch{i}")
//   --conc K               handshakes in flight                    (default 128)
//   --tls                  over TLS; the certificate is not checked
//   --sources S            spread source addresses over 127.0.0.2 .. (default 4)
//
// Publisher
//   --pub redis|http|none  none: only connect, settle and report memory
//   --redis HOST:PORT      (default 127.0.0.1:6379)
//   --url http://H:P/path  for --pub http; may contain {ch}
//   --body TEMPLATE        HTTP body: {msg} = the JSON message, {msgstr} = the same
//                          escaped for use inside a JSON string, {ch} = channel
//   --pub-conns P          keep-alive HTTP connections              (default 8)
//   --size B               bytes of the message's "data" object    (default 128)
//   --rate R               messages/s; 0 = closed loop              (default 0)
//   --window W             closed loop: messages in flight          (default 8)
//   --warmup S --secs S    unmeasured and measured time      (default 1 and 5)
//   --settle S             pause between the last handshake and the first message
//                          (memory is read at its end)              (default 2)
//
//   --replay N             publish N messages first; then all subscribers connect at once and are to get
//                          all of them.  Needs a server that retains.
//   --rounds R             ... so often, each with new connections    (default 10)
//
// Server accounting
//   --pid P[,P...]         server processes; their children are found and included
//   --aux-pid P[,P...]     CPU of a helper process (redis), reported apart
//   --core K               also report busy time of CPU K from /proc/stat, which
//                          unlike a process's own time includes softirq work
//   --label TEXT           copied to the output
//   --quiet                no progress on stderr
//
// Method
//   A message is {"event":"bench","data":{"t":<ns>,"pad":"..."},"socket":null}.
//   t is CLOCK_MONOTONIC + 1e15 (always 16 digits, and exact in a JavaScript
//   number); with --rate it is the time at which the message was DUE, so a late
//   publisher counts as latency.  A receiver only scans for `"t":`, so whatever
//   envelope a server puts round the data object is accepted.
//   Closed loop: message k is sent when message k-W has reached all its receivers.
//   Latency includes the wait for this process to read the socket.  If
//   gen_busy is near 1 the generator, not the server, was the bottleneck.

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <deque>
#include <map>

#include "fanbench_measure.hpp"
#include "fanbench_options.hpp"
#include "fanbench_tls.hpp"

// ----------------------------------------------------------------- the engine

static const uint64_t kTimeBase = 1000000000000000ull;  // 1e15: fixed width, below 2^53
static const string_view kMarker = "\"t\":";
static const size_t kTimeDigits = 16;

enum class State : uint8_t { idle, connecting, handshaking, upgrading, eio_open, sio_connect, open, closed };

struct Conn {
  int fd = -1;
  SSL *tls = nullptr;
  State state = State::idle;
  int chan = 0;
  uint32_t got = 0;
  string rest;  // bytes of an incomplete frame or event
};

struct Publisher {  // one HTTP keep-alive connection, one request at a time
  int fd = -1;
  bool busy = false, closing = false;
  string out, in;
};

static int ep;
static std::vector<Conn> conns;
static std::vector<int> per_channel;  // receivers of each channel
static std::vector<Publisher> publishers;
static int redis_fd = -1;
static string redis_out;
static bool redis_want_write = false;
static std::deque<std::pair<int, uint64_t>> http_queue;  // channel, timestamp

static int n_open = 0, n_failed = 0, n_started = 0, n_pending = 0, n_disconnected = 0;
static uint64_t published = 0, expected = 0, delivered = 0, pub_errors = 0, redis_unheard = 0;
static Histogram hist;
static char readbuf[512 * 1024];
static string first_error;

// epoll tags: subscribers by index, then the publishers.
static const uint64_t kTagRedis = 1ull << 40, kTagHttp = 1ull << 41;

static int tcp_socket(const char *src) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) die("socket");
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (src) {
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    inet_pton(AF_INET, src, &a.sin_addr);
    if (bind(fd, reinterpret_cast<sockaddr *>(&a), sizeof a) < 0) die("bind");
  }
  return fd;
}

static sockaddr_in address(const string &host, int port) {
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_port = htons(uint16_t(port));
  if (inet_pton(AF_INET, host.c_str(), &a.sin_addr) != 1) die("bad address " + host);
  return a;
}

static void watch(int fd, uint32_t events, uint64_t tag, int op = EPOLL_CTL_ADD) {
  epoll_event e{};
  e.events = events;
  e.data.u64 = tag;
  if (epoll_ctl(ep, op, fd, &e) < 0) die("epoll_ctl");
}

static void drop(Conn &c, const char *why) {
  if (c.fd < 0) return;
  if (first_error.empty()) first_error = why;
  tls_end(c.tls);
  close(c.fd);
  c.fd = -1;
  if (c.state == State::open) {
    ++n_disconnected;
  } else {
    ++n_failed;
    --n_pending;
  }
  c.state = State::closed;
}

static void write_now(Conn &c, string_view data) {
  if (c.tls) {
    if (SSL_write(c.tls, data.data(), int(data.size())) != int(data.size())) drop(c, "short write");
    return;
  }
  if (send(c.fd, data.data(), data.size(), MSG_NOSIGNAL) != ssize_t(data.size())) drop(c, "short write");
}

// A client frame must be masked; an all-zero key leaves the payload as it is.
static void send_frame(Conn &c, int opcode, string_view payload) {
  string f;
  f += char(0x80 | opcode);
  if (payload.size() < 126)
    f += char(0x80 | payload.size());
  else {
    f += char(0x80 | 126);
    f += char(payload.size() >> 8);
    f += char(payload.size() & 255);
  }
  f.append(4, '\0');
  f += payload;
  write_now(c, f);
}

static void begin_connect(int index) {
  Conn &c = conns[size_t(index)];
  c.chan = index % opt.channels;
  string src = "127.0.0." + std::to_string(2 + index % opt.sources);
  c.fd = tcp_socket(opt.host.rfind("127.", 0) == 0 ? src.c_str() : nullptr);
  sockaddr_in a = address(opt.host, opt.port);
  c.state = State::connecting;
  ++n_started;
  ++n_pending;
  if (connect(c.fd, reinterpret_cast<sockaddr *>(&a), sizeof a) < 0 && errno != EINPROGRESS) {
    drop(c, "connect");
    return;
  }
  watch(c.fd, EPOLLIN | EPOLLOUT | EPOLLET, uint64_t(index));
}

static void send_request(Conn &c) {
  string path = replace_all(opt.path, "{ch}", channel_name(c.chan));
  string r = "GET " + path + " HTTP/1.1\r\nHost: " + opt.host + ":" + std::to_string(opt.port) + "\r\n";
  if (opt.proto == Proto::sse)
    r += "Accept: text/event-stream\r\n\r\n";
  else
    r += "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  c.state = State::upgrading;
  write_now(c, r);
}

static void now_open(Conn &c) {
  if (!opt.subscribe.empty()) send_frame(c, 1, replace_all(opt.subscribe, "{ch}", channel_name(c.chan)));
  if (c.fd < 0) return;
  c.state = State::open;
  ++n_open;
  --n_pending;
  ++per_channel[size_t(c.chan)];
}

static void count_delivery(Conn &c, const char *digits) {
  uint64_t t = 0;
  for (size_t i = 0; i < kTimeDigits; ++i) t = t * 10 + uint64_t(digits[i] - '0');
  uint64_t now = now_ns() + kTimeBase;
  hist.add(now > t ? now - t : 0);
  ++delivered;
  ++c.got;
}

static void on_text(Conn &c, string_view m) {
  bool sio = opt.proto != Proto::ws;
  if (sio && !m.empty()) {
    if (m[0] == '0' && c.state == State::eio_open) {
      if (opt.proto == Proto::sio4) send_frame(c, 1, "40");
      if (c.fd >= 0) c.state = State::sio_connect;
      return;
    }
    if (m.substr(0, 2) == "40" && c.state == State::sio_connect) {
      now_open(c);
      return;
    }
    if (m == "2") {
      send_frame(c, 1, "3");
      return;
    }
    if (m.substr(0, 2) == "44") {
      drop(c, "connect refused");
      return;
    }
    if (m.substr(0, 2) != "42") return;
  }
  const char *p = static_cast<const char *>(memmem(m.data(), m.size(), kMarker.data(), kMarker.size()));
  if (p && p + kMarker.size() + kTimeDigits <= m.data() + m.size()) count_delivery(c, p + kMarker.size());
}

// Each parser returns the bytes it used up; the rest is kept for the next read.
static size_t parse_frames(Conn &c, string_view in) {
  size_t pos = 0;
  while (c.fd >= 0 && in.size() - pos >= 2) {
    auto *b = reinterpret_cast<const unsigned char *>(in.data()) + pos;
    size_t head = 2, len = b[1] & 127, have = in.size() - pos;
    if (len == 126) {
      if (have < 4) break;
      head = 4;
      len = size_t(b[2]) << 8 | b[3];
    } else if (len == 127) {
      if (have < 10) break;
      head = 10;
      len = 0;
      for (int i = 2; i < 10; ++i) len = len << 8 | b[i];
    }
    if (have < head + len) break;
    string_view payload = in.substr(pos + head, len);
    switch (b[0] & 15) {
      case 1:
      case 2:
        on_text(c, payload);
        break;
      case 8:
        drop(c, "closed by server");
        break;
      case 9:
        send_frame(c, 10, payload);
        break;
    }
    pos += head + len;
  }
  return pos;
}

static size_t parse_events(Conn &c, string_view in) {
  size_t pos = 0;
  for (;;) {
    auto *p = static_cast<const char *>(memmem(in.data() + pos, in.size() - pos, kMarker.data(), kMarker.size()));
    if (!p) return std::max(pos, in.size() - std::min(in.size(), kMarker.size() - 1));
    size_t at = size_t(p - in.data());
    if (at + kMarker.size() + kTimeDigits > in.size()) return at;
    count_delivery(c, p + kMarker.size());
    pos = at + kMarker.size() + kTimeDigits;
  }
}

static size_t parse_response(Conn &c, string_view in) {
  size_t end = in.find("\r\n\r\n");
  if (end == string_view::npos) return 0;
  string_view head = in.substr(0, end);
  if (opt.proto == Proto::sse) {
    if (head.substr(0, 12) != "HTTP/1.1 200") {
      drop(c, "bad SSE response");
      return in.size();
    }
    now_open(c);
  } else {
    if (head.substr(0, 12) != "HTTP/1.1 101" || head.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") == string_view::npos) {
      drop(c, "bad upgrade response");
      return in.size();
    }
    if (opt.proto == Proto::ws)
      now_open(c);
    else
      c.state = State::eio_open;
  }
  return end + 4;
}

static void consume(Conn &c, string_view in) {
  size_t used = 0;
  if (c.state == State::upgrading) {
    used = parse_response(c, in);
    if (!used) {
      c.rest.assign(in);
      return;
    }
  }
  if (c.fd < 0) return;
  used += opt.proto == Proto::sse ? parse_events(c, in.substr(used)) : parse_frames(c, in.substr(used));
  if (used < in.size())
    c.rest.assign(in.substr(used));
  else
    c.rest.clear();
}

static void on_subscriber(Conn &c, uint32_t events) {
  if (c.fd < 0) return;
  if (c.state == State::connecting) {
    int err = 0;
    socklen_t len = sizeof err;
    getsockopt(c.fd, SOL_SOCKET, SO_ERROR, &err, &len);
    if (err) {
      errno = err;
      drop(c, "connect");
      return;
    }
    if (!(events & EPOLLOUT)) return;
    if (opt.tls) {
      c.tls = tls_begin(c.fd);
      c.state = State::handshaking;
    } else {
      send_request(c);
    }
    if (c.fd < 0) return;
  }
  if (c.state == State::handshaking) {
    switch (tls_handshake(c.tls)) {
      case Shaken::no:
        return;
      case Shaken::failed:
        return drop(c, "TLS handshake");
      case Shaken::yes:
        send_request(c);
    }
    if (c.fd < 0) return;
  }
  if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
  for (;;) {  // edge-triggered: read until a read comes back short
    ssize_t n = c.tls ? tls_read(c.tls, readbuf, sizeof readbuf) : recv(c.fd, readbuf, sizeof readbuf, 0);
    if (n == 0) {
      drop(c, "closed by server");
      return;
    }
    if (n < 0) {
      if (errno != EAGAIN) drop(c, "read error");
      return;
    }
    if (c.rest.empty())
      consume(c, string_view(readbuf, size_t(n)));
    else {
      string joined;
      joined.swap(c.rest);
      joined.append(readbuf, size_t(n));
      consume(c, joined);
    }
    if (c.fd < 0 || (!c.tls && size_t(n) < sizeof readbuf)) return;
  }
}

// ------------------------------------------------------------------ publishing

static string message(uint64_t t) {
  static const string pad = [] {
    size_t fixed = strlen("{\"t\":,\"pad\":\"\"}") + kTimeDigits;
    return string(size_t(opt.size) > fixed ? size_t(opt.size) - fixed : 0, 'x');
  }();
  return "{\"event\":\"bench\",\"data\":{\"t\":" + std::to_string(t) + ",\"pad\":\"" + pad + "\"},\"socket\":null}";
}

static void flush_redis() {
  while (!redis_out.empty()) {
    ssize_t n = send(redis_fd, redis_out.data(), redis_out.size(), MSG_NOSIGNAL);
    if (n < 0) {
      if (errno == EAGAIN) break;
      die("redis write");
    }
    redis_out.erase(0, size_t(n));
  }
  bool want = !redis_out.empty();
  if (want != redis_want_write) {
    redis_want_write = want;
    watch(redis_fd, want ? uint32_t(EPOLLIN | EPOLLOUT) : uint32_t(EPOLLIN), kTagRedis, EPOLL_CTL_MOD);
  }
}

static void on_redis(uint32_t events) {
  if (events & EPOLLOUT) flush_redis();
  if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
  ssize_t n = recv(redis_fd, readbuf, sizeof readbuf, 0);
  if (n == 0 || (n < 0 && errno != EAGAIN)) die("redis connection lost");
  for (ssize_t i = 0; i + 2 < n; ++i)
    if (readbuf[i] == ':' && readbuf[i + 1] == '0' && readbuf[i + 2] == '\r')
      ++redis_unheard;
    else if (readbuf[i] == '-')
      ++pub_errors;
}

struct Url {
  string host, path;
  int port = 80;
} pub_url;

static void start_posts() {
  for (auto &p : publishers) {
    if (http_queue.empty()) return;
    if (p.busy) continue;
    auto [ch, t] = http_queue.front();
    http_queue.pop_front();
    string msg = message(t), name = channel_name(ch);
    string body =
        opt.body == "{msg}"
            ? msg
            : replace_all(replace_all(replace_all(opt.body, "{ch}", name), "{msgstr}", json_escape(msg)), "{msg}", msg);
    p.out = "POST " + replace_all(pub_url.path, "{ch}", name) + " HTTP/1.1\r\nHost: " + pub_url.host + ":" +
            std::to_string(pub_url.port) +
            "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    p.busy = true;
    if (send(p.fd, p.out.data(), p.out.size(), MSG_NOSIGNAL) != ssize_t(p.out.size())) die("HTTP publish: short write");
  }
}

static int blocking_connect(const string &host, int port) {
  int fd = tcp_socket(nullptr);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
  sockaddr_in a = address(host, port);
  if (connect(fd, reinterpret_cast<sockaddr *>(&a), sizeof a) < 0)
    die("connect to publisher " + host + ":" + std::to_string(port));
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
}

static void on_http(Publisher &p) {
  ssize_t n = recv(p.fd, readbuf, sizeof readbuf, 0);
  if (n < 0) {
    if (errno == EAGAIN) return;
    die("HTTP publish");
  }
  if (n == 0) {  // the server does not keep connections alive: open the next one
    if (p.busy && !p.closing) {
      ++pub_errors;
      if (first_error.empty()) first_error = "publish without response";
    }
    close(p.fd);
    p.fd = blocking_connect(pub_url.host, pub_url.port);
    watch(p.fd, EPOLLIN, kTagHttp + uint64_t(&p - publishers.data()));
    p.busy = p.closing = false;
    p.in.clear();
    start_posts();
    return;
  }
  p.in.append(readbuf, size_t(n));
  size_t end = p.in.find("\r\n\r\n");
  if (end == string::npos) return;
  size_t body = 0, total;
  string head = p.in.substr(0, end + 2);
  for (char &ch : head) ch = char(tolower(ch));
  if (size_t at = head.find("content-length:"); at != string::npos) body = size_t(atol(head.c_str() + at + 15));
  total = end + 4 + body;
  if (head.find("transfer-encoding: chunked") != string::npos) {
    size_t last = p.in.find("0\r\n\r\n", end + 4);
    if (last == string::npos) return;
    total = last + 5;
  }
  if (p.in.size() < total) return;
  if (head.size() > 9 && head[9] != '2') {
    ++pub_errors;
    if (first_error.empty()) first_error = head.substr(0, 60);
  }
  p.in.erase(0, total);
  p.busy = false;
  if (head.find("connection: close") != string::npos) {
    shutdown(p.fd, SHUT_WR);
    p.busy = p.closing = true;
    return;
  }
  start_posts();
}

static void open_publisher() {
  if (opt.pub == Pub::redis) {
    size_t colon = opt.redis.rfind(':');
    redis_fd = blocking_connect(opt.redis.substr(0, colon), atoi(opt.redis.c_str() + colon + 1));
    watch(redis_fd, EPOLLIN, kTagRedis);
  } else if (opt.pub == Pub::http) {
    string u = opt.url;
    if (u.rfind("http://", 0) != 0) die("--url must start with http://");
    u.erase(0, 7);
    size_t slash = u.find('/'), colon = u.find(':');
    pub_url.path = slash == string::npos ? "/" : u.substr(slash);
    pub_url.host = u.substr(0, std::min(slash, colon));
    if (colon != string::npos && (slash == string::npos || colon < slash)) pub_url.port = atoi(u.c_str() + colon + 1);
    publishers.resize(size_t(opt.pub_conns));
    for (size_t i = 0; i < publishers.size(); ++i) {
      publishers[i].fd = blocking_connect(pub_url.host, pub_url.port);
      watch(publishers[i].fd, EPOLLIN, kTagHttp + i);
    }
  }
}

static void publish(uint64_t due_ns) {
  static uint64_t rng = 88172645463325252ull;
  int ch = 0;
  if (opt.channels > 1) {
    rng ^= rng << 13;
    rng ^= rng >> 7;
    rng ^= rng << 17;
    ch = int(rng % uint64_t(opt.channels));
  }
  uint64_t t = due_ns + kTimeBase;
  ++published;
  expected += uint64_t(per_channel[size_t(ch)]);
  if (opt.pub == Pub::http) {
    http_queue.emplace_back(ch, t);
    start_posts();
    return;
  }
  string name = channel_name(ch), msg = message(t);
  redis_out += "*3\r\n$7\r\nPUBLISH\r\n$" + std::to_string(name.size()) + "\r\n" + name + "\r\n$" +
               std::to_string(msg.size()) + "\r\n" + msg + "\r\n";
}

// ------------------------------------------------------------------- main loop

static void poll_once(uint64_t max_wait_ns) {
  static epoll_event ev[256];
  timespec ts{time_t(max_wait_ns / 1000000000ull), long(max_wait_ns % 1000000000ull)};
  int n = epoll_pwait2(ep, ev, 256, &ts, nullptr);
  if (n < 0 && errno != EINTR) die("epoll_wait");
  for (int i = 0; i < n; ++i) {
    uint64_t tag = ev[i].data.u64;
    if (tag == kTagRedis)
      on_redis(ev[i].events);
    else if (tag >= kTagHttp)
      on_http(publishers[tag - kTagHttp]);
    else
      on_subscriber(conns[tag], ev[i].events);
  }
}

// EIO=3 clients must ping; sweep all connections once every 20 s, in slices.
static void eio3_pings() {
  static uint64_t next = 0;
  static size_t cursor = 0;
  if (opt.proto != Proto::sio3) return;
  uint64_t now = now_ns();
  if (now < next) return;
  next = now + 100000000ull;
  size_t slice = conns.size() / 200 + 1;
  for (size_t k = 0; k < slice; ++k, ++cursor) {
    Conn &c = conns[cursor % conns.size()];
    if (c.state == State::open) send_frame(c, 1, "2");
  }
}

static void run_for(double seconds) {
  uint64_t end = now_ns() + uint64_t(seconds * 1e9);
  for (uint64_t now; (now = now_ns()) < end;) {
    poll_once(std::min<uint64_t>(end - now, 50000000));
    eio3_pings();
  }
}

static uint64_t schedule_start = 0, schedule_count = 0;

// Publishes for `seconds`; returns false if deliveries stopped (closed loop only).
static bool publish_for(double seconds) {
  uint64_t start = now_ns(), end = start + uint64_t(seconds * 1e9), last_progress = start, last_seen = delivered;
  if (!schedule_start) schedule_start = start;
  for (;;) {
    uint64_t now = now_ns(), wait = 20000000;
    if (now >= end) return true;
    if (delivered != last_seen) {
      last_seen = delivered;
      last_progress = now;
    }
    if (opt.rate > 0) {
      double gap = 1e9 / opt.rate;
      uint64_t due;
      while ((due = schedule_start + uint64_t(double(schedule_count) * gap)) <= now) {
        publish(due);
        ++schedule_count;
      }
      wait = std::min<uint64_t>(wait, due - now);
    } else {
      // per-message receivers are equal up to rounding, so compare totals
      uint64_t per =
          std::max<uint64_t>(1, published ? expected / published : uint64_t(n_open) / uint64_t(opt.channels));
      while (expected - std::min(expected, delivered) + per <= per * uint64_t(opt.window)) publish(now_ns());
      if (now - last_progress > 5000000000ull) return false;
    }
    if (redis_fd >= 0 && !redis_want_write && !redis_out.empty()) flush_redis();
    poll_once(std::min(wait, end - now));
    eio3_pings();
  }
}

// All subscribers come at once for what was published before; so often.
static void run_replay(const std::vector<int> &pids) {
  open_publisher();
  for (int i = 0; i < opt.replay; ++i) publish(now_ns());
  if (redis_fd >= 0) flush_redis();
  run_for(1);
  if (redis_unheard > 0 || pub_errors > 0) die("nobody heard what was published");
  double seconds = 0, cpu = 0;
  uint64_t all = 0, missing = 0;
  for (int round = 0; round < opt.rounds; ++round) {
    delivered = 0;
    n_open = n_failed = n_started = n_pending = 0;
    const uint64_t wanted = uint64_t(opt.replay) * uint64_t(opt.conns), began = now_ns();
    const double cpu0 = usage_of(pids).cpu_s;
    while (delivered < wanted && n_failed == 0 && now_ns() - began < 15000000000ull) {
      while (n_started < opt.conns && n_pending < opt.conc) begin_connect(n_started);
      poll_once(20000000);
    }
    seconds += double(now_ns() - began) / 1e9;
    cpu += usage_of(pids).cpu_s - cpu0;
    all += delivered;
    missing += wanted - std::min(wanted, delivered);
    for (Conn &c : conns) {
      tls_end(c.tls);
      if (c.fd >= 0) close(c.fd);
      c = Conn();
    }
    run_for(0.3);
  }
  printf(
      "{\"label\":\"%s\",\"proto\":\"%s\",\"conns\":%d,\"replay\":%d,\"rounds\":%d,\"seconds\":%.3f,\"deliveries\":%lu,"
      "\"deliveries_per_s\":%.0f,\"srv_us_per_delivery\":%.3f,\"lost\":%lu,\"failed\":%d,\"error\":\"%s\"}\n",
      json_escape(opt.label).c_str(), opt.proto_name.c_str(), opt.conns, opt.replay, opt.rounds, seconds, all,
      double(all) / seconds, cpu * 1e6 / double(std::max<uint64_t>(1, all)), missing, n_failed,
      json_escape(first_error).c_str());
}

int main(int argc, char **argv) {
  parse_args(argc, argv);
  errno = 0;
  signal(SIGPIPE, SIG_IGN);
  rlimit rl;
  getrlimit(RLIMIT_NOFILE, &rl);
  rl.rlim_cur = rl.rlim_max;
  setrlimit(RLIMIT_NOFILE, &rl);
  if (rlim_t(opt.conns) + 64 > rl.rlim_max)
    die("--conns exceeds the open-file limit of " + std::to_string(rl.rlim_max));
  ep = epoll_create1(EPOLL_CLOEXEC);
  conns.resize(size_t(opt.conns));
  per_channel.resize(size_t(opt.channels));

  std::vector<int> pids = with_children(opt.pids), aux = opt.aux;
  if (opt.replay > 0) return run_replay(pids), 0;
  Usage before = usage_of(pids);
  long slab0 = slab_kb();
  double core0 = core_busy(opt.core);

  // 1. handshakes
  uint64_t t0 = now_ns();
  int last_shown = 0;
  uint64_t last_change = t0;
  for (int seen = 0; n_open + n_failed < opt.conns;) {
    while (n_started < opt.conns && n_pending < opt.conc) begin_connect(n_started);
    poll_once(20000000);
    eio3_pings();
    if (seen != n_open + n_failed) {
      seen = n_open + n_failed;
      last_change = now_ns();
    }
    if (now_ns() - last_change > 15000000000ull) {
      if (first_error.empty()) first_error = "handshake timeout";
      break;
    }
    if (!opt.quiet && n_open - last_shown >= 5000) {
      last_shown = n_open;
      fprintf(stderr, "  %d open\n", n_open);
    }
  }
  double connect_s = double(now_ns() - t0) / 1e9, connect_cpu = usage_of(pids).cpu_s - before.cpu_s;
  double connect_core = core_busy(opt.core) - core0;
  if (!n_open) die("no connection succeeded: " + first_error);

  // 2. idle memory
  run_for(opt.settle);
  Usage idle = usage_of(pids);
  long slab1 = slab_kb();

  // 3. warm up, then measure
  double seconds = 0, gen_cpu = 0, srv_cpu = 0, srv_user = 0, aux_cpu = 0, busy = 0, strangers = 0;
  uint64_t msgs = 0, dels = 0;
  bool stalled = false;
  Histogram measured;
  if (opt.pub != Pub::none) {
    open_publisher();
    stalled = !publish_for(opt.warmup);
    hist.clear();
    uint64_t m0 = published, d0 = delivered, s0 = now_ns();
    Usage u0 = usage_of(pids);
    double g0 = own_cpu(), x0 = usage_of(aux).cpu_s, b0 = core_busy(opt.core), n0 = niced();
    if (!stalled) stalled = !publish_for(opt.secs);
    if (opt.rate > 0) {  // count the tail of the last messages, too
      uint64_t limit = now_ns() + 3000000000ull;
      while (delivered < expected && now_ns() < limit) poll_once(10000000);
    }
    seconds = double(now_ns() - s0) / 1e9;
    Usage u1 = usage_of(pids);
    srv_cpu = u1.cpu_s - u0.cpu_s;
    srv_user = u1.user_s - u0.user_s;
    gen_cpu = own_cpu() - g0;
    aux_cpu = usage_of(aux).cpu_s - x0;
    busy = core_busy(opt.core) - b0;
    strangers = niced() - n0;
    msgs = published - m0;
    dels = delivered - d0;
    measured = hist;
    uint64_t limit = now_ns() + 3000000000ull;  // drain what is still under way
    while (delivered < expected && now_ns() < limit) poll_once(10000000);
  }
  Usage after = usage_of(pids);

  double d = dels ? double(dels) : 1;
  printf(
      "{\"label\":\"%s\",\"proto\":\"%s\",\"pub\":\"%s\",\"conns\":%d,\"channels\":%d,\"size\":%d,\"rate\":%g,"
      "\"window\":%d,"
      "\"connect_s\":%.3f,\"connect_per_s\":%.0f,\"connect_cpu_us\":%.1f,\"connect_core_us\":%.1f,\"failed\":%d,"
      "\"disconnected\":%d,"
      "\"seconds\":%.3f,\"msgs\":%lu,\"deliveries\":%lu,\"total_expected\":%lu,\"lost\":%ld,\"msgs_per_s\":%.1f,"
      "\"deliveries_per_s\":%.0f,"
      "\"p50_us\":%.0f,\"p99_us\":%.0f,\"p999_us\":%.0f,\"max_us\":%.0f,"
      "\"srv_cpu_s\":%.2f,\"srv_us_per_delivery\":%.3f,\"srv_user_us_per_delivery\":%.3f,\"srv_us_per_msg\":%.3f,"
      "\"core_busy_s\":%.2f,\"core_us_per_delivery\":%.3f,"
      "\"rss_before_kb\":%ld,\"rss_idle_kb\":%ld,\"rss_end_kb\":%ld,\"rss_peak_kb\":%ld,\"bytes_per_conn\":%.0f,\"slab_"
      "bytes_per_conn\":%.0f,"
      "\"gen_busy\":%.2f,\"gen_us_per_delivery\":%.3f,\"aux_cpu_s\":%.2f,\"niced_s\":%.2f,\"pub_errors\":%lu,\"redis_"
      "unheard\":%lu,\"stalled\":%s,\"error\":\"%s\"}\n",
      json_escape(opt.label).c_str(), opt.proto_name.c_str(), opt.pub_name.c_str(), n_open, opt.channels, opt.size,
      opt.rate, opt.window, connect_s, n_open / connect_s, connect_cpu * 1e6 / n_open, connect_core * 1e6 / n_open,
      n_failed, n_disconnected, seconds, msgs, dels, expected, long(expected) - long(delivered),
      seconds > 0 ? double(msgs) / seconds : 0, seconds > 0 ? double(dels) / seconds : 0, measured.quantile_us(.5),
      measured.quantile_us(.99), measured.quantile_us(.999), double(measured.max) / 1e3, srv_cpu, srv_cpu * 1e6 / d,
      srv_user * 1e6 / d, srv_cpu * 1e6 / (msgs ? double(msgs) : 1), busy, busy * 1e6 / d, before.rss_kb, idle.rss_kb,
      after.rss_kb, after.peak_kb, double(idle.rss_kb - before.rss_kb) * 1024 / n_open,
      double(slab1 - slab0) * 1024 / n_open, seconds > 0 ? gen_cpu / seconds : 0, gen_cpu * 1e6 / d, aux_cpu, strangers,
      pub_errors, redis_unheard, stalled ? "true" : "false", json_escape(first_error).c_str());
  return 0;
}
