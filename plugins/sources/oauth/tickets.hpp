// Tickets: what the browser is given instead of a profile.  128 bits, good for one redemption within a short time; kept
// as a digest beside the profile.  One table to an instance, lane only.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace oauth {

class Tickets {
 public:
  struct Made {
    std::string ticket, digest;
  };
  Tickets(sbx::Host host, const sbx_loop &loop, int64_t lifetime_ns, size_t tickets_max);
  Tickets(const Tickets &) = delete;
  Tickets &operator=(const Tickets &) = delete;
  ~Tickets();

  // `redeemed`: what whoever brings the ticket is answered.  Nothing: there are too many.
  std::optional<Made> make(std::string redeemed);
  // Nothing: unknown, used or too old.
  std::optional<std::string> take(std::string_view ticket);
  // The login did not come about.
  void withdraw(const std::string &digest);
  size_t size() const { return kept_.size(); }

 private:
  void expire();
  void arm();

  sbx::Host host_;
  const sbx_loop &loop_;
  const int64_t lifetime_ns_;
  const size_t max_;
  std::unordered_map<std::string, std::string> kept_;         // digest -> answer
  std::deque<std::pair<int64_t, std::string>> oldest_first_;  // all live as long
  sbx_id timer_ = 0;
};

}  // namespace oauth
