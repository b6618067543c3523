// Talking to a running signalbox by its admin listener: where a file says that it is, and one request at a time over
// blocking sockets.  For commands; any thread.
#pragma once
#include <string>
#include <string_view>

#include "core/base/status.hpp"
#include "core/config/diagnose.hpp"
#include "core/io/address.hpp"

namespace signalbox {

// The `admin.bind` of a file, as an address to connect to; of the rest of the file it is only asked that it is YAML, so
// that nobody needs the program's secrets for this.  Nothing: `diagnostics` says why.
std::optional<io::Address> find_admin(const std::string &file, config::Diagnostics &diagnostics);

struct AdminAnswer {
  int status = 0;
  std::string body;
};
// `target` with its query; sent with the header X-Signalbox-Command.  A failure is that nobody answered.
Result<AdminAnswer> ask_admin(const io::Address &address, std::string_view method, const std::string &target,
                              std::string_view command);

}  // namespace signalbox
