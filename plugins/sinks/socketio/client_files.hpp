// The browser's half: /socket.io/socket.io.js and its smaller sibling, as a Node server serves them beside the
// protocol. The files are assets that set-up installs; without them the answer says so.  Lane only.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "plugins/sinks/socketio/services.hpp"

namespace socketio {

class ClientFiles {
 public:
  // `version`: 2 or 4, or 0 for none.  Loads what is there.  REQUIRES: create or start
  ClientFiles(Services services, int version);

  // `below` is the path behind the mount's.  True = answered.
  bool serve(sbx_id request, const sbx_request &r, std::string_view below);

 private:
  struct File {
    std::string bytes, etag;
  };
  void load(const std::string &name);
  void send(sbx_id request, uint32_t status, std::string_view name, const File &file);

  Services services_;
  int version_;
  bool reported_ = false;
  std::map<std::string, File, std::less<>> files_;  // by name; without bytes = not installed
};

}  // namespace socketio
