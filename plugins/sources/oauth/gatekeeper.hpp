// Gatekeeper: who may listen to the channels of waits (sbx.admission/1): whoever shows the `wait` secret of the one
// that he asks for.  After its end a result is handed out so many times and then no more, so that it cannot be
// collected later.  Every no is the same no.  Lane only.
#pragma once
#include <cstddef>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

namespace oauth {

class Waits;

class Gatekeeper {
 public:
  Gatekeeper(Waits &waits, size_t tabs) : waits_(waits), tabs_(tabs) {}
  sbx_status admit(const sbx_join &join);
  bool guards(std::string_view channel) const;  // is it a wait's, or could it be one's?

 private:
  Waits &waits_;
  const size_t tabs_;
};

// The secret in what a client offers: a JSON text, or an object with it as "wait" or "token".  Empty: there is none.
std::string read_offer(std::string_view auth_json);

}  // namespace oauth
