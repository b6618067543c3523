// Socket files: what a crash left is cleared away, what lives is left alone.
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/io/acceptor.hpp"
#include "tests/io_tls/certificates.hpp"

namespace signalbox::testing {

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
