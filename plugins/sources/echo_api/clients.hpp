// Who may call: pairs of an app's id and its key, as laravel-echo-server's `clients`.  An app may have several keys, to
// change one without a pause.  Immutable; any thread.
#pragma once
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace echo_api {

struct Client {
  std::string app_id, key;
};

class Clients {
 public:
  // REQUIRES: no key is empty
  explicit Clients(std::vector<Client> clients) : clients_(std::move(clients)) {}
  // nullptr: the request shows a key of this app, as ?auth_key= or as Authorization: Bearer.  Else why not, in words
  // for the log that hold no part of the request; the answer does not tell them apart.
  const char *refuse(std::string_view app_id, const sbx_request &request) const;

 private:
  bool known(std::string_view app_id, std::string_view shown) const;

  std::vector<Client> clients_;
};

}  // namespace echo_api
