// Exchanges: the back-channel work of logins over sbx.http_client/1: code -> token -> ID token checked, or userinfo.  A
// code is never sent twice (RFC 6749 section 4.1.2: the server may revoke everything then).  Five seconds in all.
// Owned by the plugin's instance; lane only.  Its destructor forgets whatever is under way.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <sbx/sbx.hpp>

#include "plugins/sources/oauth/provider.hpp"

namespace oauth {

struct Profile {
  std::string subject;
  std::string json;  // one object {"provider","subject","claims":{...}}, in which no token is
};
struct ExchangeResult {
  bool ok = false;
  std::string reason;  // without ok: "exchange_failed" | "provider_error" | "timeout" | "bad_token" | "refused"
  std::string detail;  // for the log: our own words, nothing secret and nothing that the provider wrote
  Profile profile;
};

class Exchanges {
 public:
  Exchanges(sbx::Host host, size_t at_once_max);
  Exchanges(const Exchanges &) = delete;
  Exchanges &operator=(const Exchanges &) = delete;
  ~Exchanges();

  // `done` is called once, in a later call.  0: too many at once, `done` is not called.
  // REQUIRES: called from start() on; the provider outlives this
  uint64_t begin(const Provider &provider, std::string code, std::string verifier, std::string nonce,
                 std::string redirect_uri, std::function<void(ExchangeResult)> done);
  void cancel(uint64_t id);  // `done` is not called any more
  size_t under_way() const;

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

}  // namespace oauth
