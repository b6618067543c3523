// A listening socket on one lane.  TCP listeners exist once per lane with SO_REUSEPORT, so the kernel spreads the
// connections; a unix socket exists on one lane, whose connections the owner hands round.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/base/log.hpp"
#include "core/base/status.hpp"
#include "core/io/address.hpp"
#include "core/io/lane.hpp"
#include "core/io/socket.hpp"

namespace signalbox::io {

// Opens listening sockets for an address, one for each of `count` lanes (one only for a unix socket).  An address that
// another program listens on is an error in plain words, also when that program set SO_REUSEPORT.  A port of 0 is
// chosen by the system and is the same for all.  The caller owns the descriptors.
Result<std::vector<int>> listen_on(const Address &address, unsigned count);

// The address a listening descriptor really has (a port of 0 was chosen by the system).
Address local_address(int fd);

class Acceptor final : private FdEvents {
 public:
  using OnAccept = std::function<void(int fd, const PeerAddress &peer)>;  // takes the descriptor

  // [lane] Takes the listening descriptor.
  Acceptor(Lane &lane, int fd, OnAccept on_accept);
  ~Acceptor();
  Acceptor(const Acceptor &) = delete;
  Acceptor &operator=(const Acceptor &) = delete;

 private:
  void on_readable() override;
  void on_writable() override {}

  Lane &lane_;
  const int fd_;
  OnAccept on_accept_;
  WatchId watch_ = 0;
  TimerId rest_ = 0;
  LogLimiter complaints_{1};
};

}  // namespace signalbox::io
