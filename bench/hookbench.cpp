// hookbench - load generator for receivers of callbacks: POSTs of 1 KiB over keep-alive connections, each with one
// request under way.  One thread, epoll.  Prints ONE line of JSON.
//
//   g++ -std=c++20 -O2 -Wall -Wextra -o hookbench hookbench.cpp -lcrypto
//   hookbench --port 3000 --path /hook --kind plain|telegram|stripe --conns 64 --secs 3 --pid P
//
//   plain     a JSON body and nothing else
//   telegram  with the header of a secret token (BENCH_SECRET), and a new update_id each
//   stripe    with a correct Stripe-Signature of BENCH_SECRET, a new event id and the present time
#include <openssl/hmac.h>

#include "fanbench_measure.hpp"

namespace {

struct Conn {
  int fd = -1;
  uint64_t sent_ns = 0;
  string in;
};

struct Options {
  int port = 3000, conns = 64, size = 1024;
  double warmup = 0.5, secs = 3;
  string path = "/hook", kind = "plain", secret = "whsec_bench", label;
  std::vector<int> pids;
} opt;

string hex_hmac(const string &key, const string &text) {
  unsigned char out[32];
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), int(key.size()), reinterpret_cast<const unsigned char *>(text.data()), text.size(),
       out, &size);
  string hex;
  for (unsigned char c : out) hex += "0123456789abcdef"[c >> 4], hex += "0123456789abcdef"[c & 15];
  return hex;
}

string padded(string body, const char *end) {
  const size_t rest = body.size() + strlen(end);
  body.append(size_t(opt.size) > rest ? size_t(opt.size) - rest : 0, 'x');
  return body + end;
}

string next_request() {
  static uint64_t number = 0;
  const string id = std::to_string(++number);
  string body, extra;
  if (opt.kind == "telegram") {
    body = padded("{\"update_id\":" + id + ",\"message\":{\"message_id\":" + id + ",\"text\":\"", "\"}}");
    extra = "X-Telegram-Bot-Api-Secret-Token: " + opt.secret + "\r\n";
  } else if (opt.kind == "stripe") {
    static const string run = std::to_string(getpid()) + "_" + std::to_string(time(nullptr));
    body =
        padded("{\"id\":\"evt_" + run + "_" + id + "\",\"object\":\"event\",\"type\":\"checkout.session.completed\"," +
                   "\"data\":{\"object\":{\"id\":\"cs_" + id + "\",\"client_reference_id\":\"" + id +
                   "\",\"payment_status\":\"paid\",\"note\":\"",
               "\"}}}");
    const string t = std::to_string(time(nullptr));
    extra = "Stripe-Signature: t=" + t + ",v1=" + hex_hmac(opt.secret, t + "." + body) + "\r\n";
  } else {
    body = padded("{\"event\":\"bench\",\"data\":{\"pad\":\"", "\"}}");
  }
  return "POST " + opt.path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + extra +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

void ask(Conn &c) {
  const string request = next_request();
  c.sent_ns = now_ns();
  if (send(c.fd, request.data(), request.size(), MSG_NOSIGNAL) != ssize_t(request.size())) die("short write");
}

// How long the response is that `in` begins with; 0 = it is not whole.
size_t response_size(const string &in) {
  const size_t end = in.find("\r\n\r\n");
  if (end == string::npos) return 0;
  string head = in.substr(0, end);
  for (char &c : head) c = char(tolower(c));
  const size_t at = head.find("content-length:");
  const size_t body = at == string::npos ? 0 : size_t(atol(head.c_str() + at + 15));
  return in.size() >= end + 4 + body ? end + 4 + body : 0;
}

void parse_args(int argc, char **argv) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const string a = argv[i];
    const char *v = argv[i + 1];
    if (a == "--port")
      opt.port = atoi(v);
    else if (a == "--conns")
      opt.conns = atoi(v);
    else if (a == "--size")
      opt.size = atoi(v);
    else if (a == "--secs")
      opt.secs = atof(v);
    else if (a == "--warmup")
      opt.warmup = atof(v);
    else if (a == "--path")
      opt.path = v;
    else if (a == "--kind")
      opt.kind = v;
    else if (a == "--label")
      opt.label = v;
    else if (a == "--pid")
      opt.pids = {atoi(v)};
    else
      die("unknown option " + a);
  }
  if (const char *secret = getenv("BENCH_SECRET")) opt.secret = secret;
}

}  // namespace

int main(int argc, char **argv) {
  parse_args(argc, argv);
  errno = 0;
  const int ep = epoll_create1(0);
  std::vector<Conn> conns(size_t(opt.conns));
  for (size_t i = 0; i < conns.size(); ++i) {
    conns[i].fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_port = htons(uint16_t(opt.port));
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int one = 1;
    setsockopt(conns[i].fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(conns[i].fd, reinterpret_cast<sockaddr *>(&a), sizeof a) < 0) die("connect");
    epoll_event e{};
    e.events = EPOLLIN;
    e.data.u64 = i;
    epoll_ctl(ep, EPOLL_CTL_ADD, conns[i].fd, &e);
  }
  const std::vector<int> pids = with_children(opt.pids);
  Histogram latency;
  uint64_t answered = 0, refused = 0, begin = now_ns();
  bool measuring = false;
  string first_refusal;
  Usage before;
  double niced_before = 0;
  for (Conn &c : conns) ask(c);
  static char buffer[1 << 16];
  for (;;) {
    const uint64_t now = now_ns();
    if (!measuring && now - begin > uint64_t(opt.warmup * 1e9)) {
      measuring = true;
      begin = now;
      before = usage_of(pids);
      niced_before = niced();
      latency.clear();
      answered = 0;
    }
    if (measuring && now - begin > uint64_t(opt.secs * 1e9)) break;
    epoll_event ready[64];
    const int n = epoll_wait(ep, ready, 64, 50);
    for (int i = 0; i < n; ++i) {
      Conn &c = conns[ready[i].data.u64];
      const ssize_t got = recv(c.fd, buffer, sizeof buffer, 0);
      if (got <= 0) die("the server closed a connection");
      c.in.append(buffer, size_t(got));
      const size_t size = response_size(c.in);
      if (size == 0) continue;
      if (c.in.compare(9, 1, "2") != 0 && ++refused == 1) first_refusal = c.in.substr(0, 12);
      c.in.erase(0, size);
      ++answered;
      latency.add(now_ns() - c.sent_ns);
      ask(c);
    }
  }
  const double seconds = double(now_ns() - begin) / 1e9;
  const Usage after = usage_of(pids);
  const double per = double(std::max<uint64_t>(1, answered));
  printf(
      "{\"label\":\"%s\",\"kind\":\"%s\",\"conns\":%d,\"requests_per_s\":%.0f,\"p50_us\":%.0f,\"p99_us\":%.0f,"
      "\"srv_us_per_request\":%.2f,\"srv_user_us_per_request\":%.2f,\"gen_busy\":%.2f,\"refused\":%lu,\"niced_s\":%.2f,"
      "\"error\":\"%s\"}\n",
      opt.label.c_str(), opt.kind.c_str(), opt.conns, double(answered) / seconds, latency.quantile_us(.5),
      latency.quantile_us(.99), (after.cpu_s - before.cpu_s) * 1e6 / per, (after.user_s - before.user_s) * 1e6 / per,
      own_cpu() / (seconds + opt.warmup), refused, niced() - niced_before, json_escape(first_refusal).c_str());
}
