// fsyncbench - how fast can this disk make 1 KiB records durable?
//
//   g++ -std=c++20 -O2 -Wall -Wextra -o fsyncbench fsyncbench.cpp -lsqlite3 -lpthread
//   fsyncbench DIR [seconds]
//
// append    one write(1 KiB) + fdatasync per record, file grows
// prealloc  the same into a file whose blocks already exist (no metadata)
// group N   N writers; one of them syncs for all that wait (group commit), so
//           records/s = syncs/s x records per sync
// sqlite    INSERT + COMMIT per record, WAL, synchronous=FULL (and 64 per commit)
// Prints one JSON line per case with records/s, syncs/s, p50/p99 of one durable append.

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

static double now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return double(t.tv_sec) + double(t.tv_nsec) / 1e9;
}

static const size_t kRecord = 1024;
static std::string dir;
static double secs = 3;

static void report(const std::string &name, size_t records, size_t syncs, double took, std::vector<double> &lat) {
  std::sort(lat.begin(), lat.end());
  auto q = [&](double p) { return lat.empty() ? 0 : lat[size_t(p * double(lat.size() - 1))] * 1e6; };
  printf("{\"case\":\"%s\",\"records_per_s\":%.0f,\"syncs_per_s\":%.0f,\"p50_us\":%.0f,\"p99_us\":%.0f}\n",
         name.c_str(), double(records) / took, double(syncs) / took, q(.5), q(.99));
  fflush(stdout);
}

static int create(const char *name, size_t prealloc) {
  std::string path = dir + "/" + name;
  int fd = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (fd < 0) {
    perror(path.c_str());
    exit(1);
  }
  unlink(path.c_str());
  std::string zero(1 << 20, '\0');
  for (size_t n = 0; n < prealloc; n += zero.size())
    if (write(fd, zero.data(), zero.size()) < 0) {
      perror("write");
      exit(1);
    }
  fsync(fd);
  lseek(fd, 0, SEEK_SET);
  return fd;
}

static void single(const char *name, size_t prealloc) {
  int fd = create("single", prealloc);
  std::string rec(kRecord, 'x');
  std::vector<double> lat;
  double t0 = now(), t = t0;
  while (t - t0 < secs && (!prealloc || (lat.size() + 1) * kRecord < prealloc)) {
    if (write(fd, rec.data(), rec.size()) < 0 || fdatasync(fd) < 0) {
      perror(name);
      exit(1);
    }
    double e = now();
    lat.push_back(e - t);
    t = e;
  }
  report(name, lat.size(), lat.size(), t - t0, lat);
  close(fd);
}

static void group(int writers, size_t prealloc) {
  int fd = create("group", prealloc);
  std::mutex m;
  std::condition_variable cv;
  std::string pending;
  size_t appended = 0, durable = 0, syncs = 0;
  bool syncing = false;
  std::vector<std::vector<double>> lat(static_cast<size_t>(writers));
  std::vector<std::thread> threads;
  double t0 = now();
  for (int w = 0; w < writers; ++w)
    threads.emplace_back([&, w] {
      std::string rec(kRecord, 'x');
      while (now() - t0 < secs) {
        double start = now();
        std::unique_lock lock(m);
        pending += rec;
        size_t mine = ++appended;
        while (durable < mine) {
          if (syncing) {
            cv.wait(lock);
            continue;
          }
          syncing = true;
          std::string out;
          out.swap(pending);
          size_t upto = appended;
          lock.unlock();
          if (write(fd, out.data(), out.size()) < 0 || fdatasync(fd) < 0) {
            perror("group");
            exit(1);
          }
          lock.lock();
          durable = upto;
          ++syncs;
          syncing = false;
          cv.notify_all();
        }
        lock.unlock();
        lat[size_t(w)].push_back(now() - start);
      }
    });
  for (auto &t : threads) t.join();
  double took = now() - t0;
  std::vector<double> all;
  for (auto &v : lat) all.insert(all.end(), v.begin(), v.end());
  report("group " + std::to_string(writers) + (prealloc ? " prealloc" : ""), all.size(), syncs, took, all);
  close(fd);
}

static void sqlite(int per_commit) {
  std::string path = dir + "/bench.db";
  for (const char *s : {"", "-wal", "-shm"}) unlink((path + s).c_str());
  sqlite3 *db = nullptr;
  if (sqlite3_open(path.c_str(), &db) != SQLITE_OK) {
    fprintf(stderr, "sqlite open failed\n");
    exit(1);
  }
  auto run = [&](const char *q) {
    if (sqlite3_exec(db, q, nullptr, nullptr, nullptr) != SQLITE_OK) {
      fprintf(stderr, "%s: %s\n", q, sqlite3_errmsg(db));
      exit(1);
    }
  };
  run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE e(id INTEGER PRIMARY KEY, body BLOB)");
  sqlite3_stmt *ins = nullptr;
  sqlite3_prepare_v2(db, "INSERT INTO e(body) VALUES(?)", -1, &ins, nullptr);
  std::string rec(kRecord, 'x');
  std::vector<double> lat;
  double t0 = now(), t = t0;
  size_t records = 0;
  while (t - t0 < secs) {
    if (per_commit > 1) run("BEGIN");
    for (int i = 0; i < per_commit; ++i, ++records) {
      sqlite3_bind_blob(ins, 1, rec.data(), int(rec.size()), SQLITE_STATIC);
      if (sqlite3_step(ins) != SQLITE_DONE) {
        fprintf(stderr, "%s\n", sqlite3_errmsg(db));
        exit(1);
      }
      sqlite3_reset(ins);
    }
    if (per_commit > 1) run("COMMIT");
    double e = now();
    lat.push_back(e - t);
    t = e;
  }
  report("sqlite WAL FULL, " + std::to_string(per_commit) + " per commit", records, lat.size(), t - t0, lat);
  sqlite3_finalize(ins);
  sqlite3_close(db);
  for (const char *s : {"", "-wal", "-shm"}) unlink((path + s).c_str());
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: fsyncbench DIR [seconds]\n");
    return 2;
  }
  dir = argv[1];
  if (argc > 2) secs = atof(argv[2]);
  const size_t big = size_t(256) << 20;
  single("append + fdatasync", 0);
  single("prealloc + fdatasync", big);
  for (int w : {1, 8, 64}) group(w, 0);
  for (int w : {1, 8, 64}) group(w, big);
  for (int n : {1, 64}) sqlite(n);
}
