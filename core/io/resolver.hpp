// Names to addresses, without blocking the lane (Asio's resolver thread asks the system).
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/io/address.hpp"
#include "core/io/lane.hpp"

namespace signalbox::io {

// One look-up.  `done` is called once on the lane, with the addresses or with why there are none; not at all when the
// Resolution was destroyed before.
class Resolution {
 public:
  using Done = std::function<void(std::vector<Address>, const std::string &error)>;
  Resolution(Lane &lane, const std::string &host, const std::string &port, Done done);
  ~Resolution();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace signalbox::io
