// The lane's epoll set on real pipes: what is told, how often, and to whom no more.
#include "core/io/ready_set.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <functional>

using signalbox::io::FdEvents;
using signalbox::io::ReadySet;
using signalbox::io::WatchId;

namespace {

struct Pipe {
  Pipe() { REQUIRE(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) == 0); }
  ~Pipe() {
    close_reader();
    close_writer();
  }
  void close_reader() {
    if (ends[0] >= 0) ::close(ends[0]);
    ends[0] = -1;
  }
  void close_writer() {
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
  }
  void put(const char *text, size_t size) const { REQUIRE(::write(ends[1], text, size) == static_cast<ssize_t>(size)); }
  void take(size_t size) const {
    std::array<char, 64> buffer;
    REQUIRE(::read(ends[0], buffer.data(), size) == static_cast<ssize_t>(size));
  }
  std::array<int, 2> ends{};
};

struct Owner final : FdEvents {
  void on_readable() override {
    ++readable;
    if (then) then();
  }
  void on_writable() override { ++writable; }
  int readable = 0, writable = 0;
  std::function<void()> then;
};

}  // namespace

TEST_CASE("an owner is told once for each time it asks, and again of what it left unread") {
  Pipe pipe;
  ReadySet set;
  Owner owner;
  const WatchId id = set.add(pipe.ends[0], &owner);
  CHECK(set.tell() == 0);
  pipe.put("ab", 2);
  CHECK(set.tell() == 0);  // nobody asked
  set.want_read(id);
  CHECK(set.tell() == 1);
  CHECK(owner.readable == 1);
  CHECK(set.tell() == 1);  // of what is left unread, once in vain
  CHECK(owner.readable == 1);
  CHECK(set.tell() == 0);  // it is out of the set until somebody wants it
  pipe.take(1);
  set.want_read(id);
  set.tell();
  CHECK(owner.readable == 2);
  pipe.take(1);
  set.want_read(id);
  CHECK(set.tell() == 0);
}

TEST_CASE("an end that comes while nobody asks does not keep the lane awake, and is told to who asks") {
  Pipe pipe;
  ReadySet set;
  Owner owner;
  const WatchId id = set.add(pipe.ends[0], &owner);
  set.want_read(id);
  pipe.put("a", 1);
  set.tell();
  pipe.take(1);
  pipe.close_writer();
  set.tell();
  CHECK(set.tell() == 0);
  CHECK(owner.readable == 1);
  set.want_read(id);
  CHECK(set.tell() == 1);
  CHECK(owner.readable == 2);
}

TEST_CASE(
    "a descriptor that is closed right after it was given up is told of to nobody, and its place goes to another") {
  Pipe pipe, next;
  ReadySet set;
  Owner owner, late;
  const WatchId id = set.add(pipe.ends[0], &owner);
  set.want_read(id);
  pipe.put("a", 1);
  set.remove_closing(id);
  set.tell();
  CHECK(owner.readable == 0);
  pipe.close_reader();
  CHECK(set.tell() == 0);
  // The kernel gives the same number again, and nothing of the old one is left in the set.
  const int again = ::fcntl(next.ends[0], F_DUPFD_CLOEXEC, 0);
  const WatchId late_id = set.add(again, &late);
  CHECK(late_id != id);
  CHECK(static_cast<uint32_t>(late_id) == static_cast<uint32_t>(id));
  set.want_read(late_id);
  CHECK(set.tell() == 0);
  next.put("a", 1);
  CHECK(set.tell() == 1);
  CHECK(late.readable == 1);
  CHECK(owner.readable == 0);
  set.remove(late_id);
  ::close(again);
}

TEST_CASE("a full pipe is writable when its reader has taken something, and not told of after that") {
  Pipe pipe;
  ReadySet set;
  Owner owner;
  const WatchId id = set.add(pipe.ends[1], &owner);
  std::array<char, 4096> block{};
  while (::write(pipe.ends[1], block.data(), block.size()) > 0) {
  }
  set.want_write(id);
  CHECK(set.tell() == 0);
  while (::read(pipe.ends[0], block.data(), block.size()) > 0) {
  }
  CHECK(set.tell() == 1);
  CHECK(owner.writable == 1);
  set.tell();
  CHECK(set.tell() == 0);
  CHECK(owner.writable == 1);
}

TEST_CASE("who is removed while a batch is told hears nothing any more, and its place goes to another") {
  Pipe first, second;
  ReadySet set;
  Owner one, other;
  const WatchId one_id = set.add(first.ends[0], &one), other_id = set.add(second.ends[0], &other);
  set.want_read(one_id);
  set.want_read(other_id);
  first.put("a", 1);
  second.put("a", 1);
  one.then = [&] { set.remove(other_id); };
  other.then = [&] { set.remove(one_id); };
  set.tell();
  CHECK(one.readable + other.readable == 1);
  Owner late;
  const WatchId late_id = set.add(one.readable > 0 ? second.ends[0] : first.ends[0], &late);
  CHECK(late_id != one_id);
  CHECK(late_id != other_id);
  set.want_read(one.readable > 0 ? other_id : one_id);  // a stale id is nobody's
  CHECK(set.tell() <= 1);
  CHECK(late.readable == 0);
  set.want_read(late_id);
  set.tell();
  CHECK(late.readable == 1);
}

TEST_CASE("a waker is told once for each write, though nobody reads it") {
  ReadySet set;
  Pipe pipe;
  set.add_waker(pipe.ends[0]);
  CHECK(set.tell() == 0);
  for (int round = 0; round < 3; ++round) {
    pipe.put("w", 1);
    CHECK(set.tell() == 1);
    CHECK(set.tell() == 0);
  }
}
