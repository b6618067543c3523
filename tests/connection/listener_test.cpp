// What listens: the options that accepted sockets inherit, and socket files, of which what a crash left is cleared away
// and what lives is left alone.
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/io/acceptor.hpp"
#include "tests/io_tls/certificates.hpp"

namespace signalbox::testing {

TEST_CASE("what is accepted from a listener sends small pieces at once") {
  const Result<io::Address> any = io::parse_bind("127.0.0.1:0");
  REQUIRE(any.ok());
  const Result<std::vector<int>> listening = io::listen_on(*any, 1);
  REQUIRE(listening.ok());
  const io::Address at = io::local_address(listening->front());
  const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(::connect(client, at.get(), at.size) == 0);
  const int accepted = ::accept4(listening->front(), nullptr, nullptr, SOCK_CLOEXEC);
  int on = 0;
  socklen_t size = sizeof on;
  REQUIRE(::getsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, &size) == 0);
  CHECK(on != 0);
  for (const int fd : {client, accepted, listening->front()}) ::close(fd);
}

TEST_CASE("a socket file of a crash is replaced, one that somebody listens on is not, however busy") {
  const io::testing::Folder folder;
  const Result<io::Address> address = io::parse_bind("unix:" + folder.path("s"));
  REQUIRE(address.ok());
  Result<std::vector<int>> first = io::listen_on(*address, 2);
  REQUIRE(first.ok());
  REQUIRE(first->size() == 1);
  ::listen(first->front(), 0);  // one waits, the next finds the backlog full
  std::vector<int> waiting;
  for (int i = 0; i < 3; ++i) {
    waiting.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
    static_cast<void>(::connect(waiting.back(), address->get(), address->size));
    CHECK(!io::listen_on(*address, 1).ok());
  }
  for (const int fd : waiting) ::close(fd);
  ::close(first->front());  // as a crash does: the file stays
  Result<std::vector<int>> second = io::listen_on(*address, 1);
  CHECK(second.ok());
  if (second.ok()) ::close(second->front());
}

}  // namespace signalbox::testing
