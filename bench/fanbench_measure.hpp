// What fanbench measures with: time, a histogram, and what /proc says of the CPU time and memory of others.
#pragma once
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

using std::string;
using std::string_view;

// ------------------------------------------------------------------ utilities

inline uint64_t now_ns() {
  timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return uint64_t(ts.tv_sec) * 1000000000ull + uint64_t(ts.tv_nsec);
}

[[noreturn]] inline void die(const string &what) {
  fprintf(stderr, "fanbench: %s%s%s\n", what.c_str(), errno ? ": " : "", errno ? strerror(errno) : "");
  exit(1);
}

inline string replace_all(string s, string_view from, string_view to) {
  for (size_t p = 0; (p = s.find(from, p)) != string::npos; p += to.size()) s.replace(p, from.size(), to);
  return s;
}

inline string json_escape(string_view in) {
  string out;
  for (char c : in) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

inline string slurp(const string &path) {
  string s;
  if (FILE *f = fopen(path.c_str(), "r")) {
    char buf[4096];
    size_t n;
    while ((n = fread(buf, 1, sizeof buf, f)) > 0) s.append(buf, n);
    fclose(f);
  }
  return s;
}

// Log-linear histogram of nanoseconds: 64 buckets per power of two (error < 1.6 %).
struct Histogram {
  std::vector<uint64_t> bucket = std::vector<uint64_t>(64 * 60);
  uint64_t count = 0, max = 0;
  void add(uint64_t v) {
    size_t i = v;
    if (v >= 64) {
      int shift = 63 - __builtin_clzll(v) - 6;
      i = size_t(shift + 1) * 64 + ((v >> shift) - 64);
    }
    ++bucket[i];
    ++count;
    max = std::max(max, v);
  }
  double quantile_us(double q) const {
    if (!count) return 0;
    uint64_t want = uint64_t(q * double(count - 1)) + 1, seen = 0;
    for (size_t i = 0; i < bucket.size(); ++i) {
      seen += bucket[i];
      if (seen < want) continue;
      if (i < 64) return double(i) / 1e3;
      size_t shift = i / 64 - 1;
      return (double((i % 64 + 64) << shift) + double(1ull << shift) / 2) / 1e3;
    }
    return double(max) / 1e3;
  }
  void clear() {
    std::fill(bucket.begin(), bucket.end(), 0);
    count = max = 0;
  }
};

// ------------------------------------------------------- process accounting

// CPU time of all threads, to the nanosecond: a run of milliseconds cannot be told in the kernel's ticks.
inline double exact_cpu_s(const string &base) {
  double sum = 0;
  if (DIR *d = opendir((base + "/task").c_str())) {
    while (dirent *e = readdir(d)) {
      unsigned long long ns = 0;
      if (e->d_name[0] == '.') continue;
      if (sscanf(slurp(base + "/task/" + e->d_name + "/schedstat").c_str(), "%llu", &ns) == 1) sum += double(ns) / 1e9;
    }
    closedir(d);
  }
  return sum;
}

struct Usage {
  double cpu_s = 0, user_s = 0;
  long rss_kb = 0, peak_kb = 0;
};

inline std::vector<int> with_children(std::vector<int> pids) {
  std::multimap<int, int> kids;
  if (DIR *d = opendir("/proc")) {
    while (dirent *e = readdir(d)) {
      int pid = atoi(e->d_name), ppid = 0;
      if (pid <= 0) continue;
      string st = slurp("/proc/" + std::to_string(pid) + "/stat");
      size_t p = st.rfind(')');
      if (p != string::npos && sscanf(st.c_str() + p + 1, " %*c %d", &ppid) == 1) kids.emplace(ppid, pid);
    }
    closedir(d);
  }
  for (size_t i = 0; i < pids.size(); ++i) {
    auto [a, b] = kids.equal_range(pids[i]);
    for (; a != b; ++a)
      if (std::find(pids.begin(), pids.end(), a->second) == pids.end()) pids.push_back(a->second);
  }
  return pids;
}

inline Usage usage_of(const std::vector<int> &pids) {
  Usage u;
  static const double tick = double(sysconf(_SC_CLK_TCK));
  for (int pid : pids) {
    string base = "/proc/" + std::to_string(pid), st = slurp(base + "/stat"), status = slurp(base + "/status");
    unsigned long ut = 0, stt = 0;
    size_t p = st.rfind(')');
    if (p != string::npos)
      sscanf(st.c_str() + p + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &ut, &stt);
    const double exact = exact_cpu_s(base);
    u.cpu_s += exact > 0 ? exact : double(ut + stt) / tick;
    u.user_s += double(ut) / tick;
    if ((p = status.find("VmRSS:")) != string::npos) u.rss_kb += atol(status.c_str() + p + 6);
    if ((p = status.find("VmHWM:")) != string::npos) u.peak_kb += atol(status.c_str() + p + 6);
  }
  return u;
}

// Busy seconds of one CPU: everything but idle, iowait, steal and niced strangers.
inline double core_busy(int core) {
  if (core < 0) return 0;
  string st = slurp("/proc/stat"), key = "cpu" + std::to_string(core) + " ";
  size_t p = st.find(key);
  if (p == string::npos) return 0;
  unsigned long user, nice, sys, idle, iow, irq, soft;
  if (sscanf(st.c_str() + p + key.size(), "%lu %lu %lu %lu %lu %lu %lu", &user, &nice, &sys, &idle, &iow, &irq,
             &soft) != 7)
    return 0;
  return double(user + sys + irq + soft) / double(sysconf(_SC_CLK_TCK));
}

// CPU seconds of niced processes on all cores: strangers that disturbed the run.
inline double niced() {
  unsigned long user = 0, nice = 0;
  sscanf(slurp("/proc/stat").c_str(), "cpu %lu %lu", &user, &nice);
  return double(nice) / double(sysconf(_SC_CLK_TCK));
}

inline double own_cpu() {
  rusage r;
  getrusage(RUSAGE_SELF, &r);
  auto s = [](timeval t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
  return s(r.ru_utime) + s(r.ru_stime);
}

// Kernel memory in slabs (sockets of BOTH ends live there), kB.
inline long slab_kb() {
  string m = slurp("/proc/meminfo");
  size_t p = m.find("Slab:");
  return p == string::npos ? 0 : atol(m.c_str() + p + 5);
}
