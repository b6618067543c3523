// What a request's path asks for: laravel-echo-server's five ways below the mount, each with the app's id.  Pure, any
// thread.
#pragma once
#include <string>
#include <string_view>

namespace echo_api {

struct Route {
  enum class Kind { kNone, kBroken, kEvents, kStatus, kChannels, kChannel, kUsers };
  Kind kind = Kind::kNone;
  std::string app_id, channel;  // decoded
  bool operator==(const Route &) const = default;
};

// `below`: what follows the mount's path, as "/a1b2/channels/private-orders.7".  kBroken: an escape in it is none, or
// what it says is no UTF-8.
Route read_route(std::string_view below);

}  // namespace echo_api
