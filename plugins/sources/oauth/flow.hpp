// Flow: what moves and ends a wait.  It emits the events, and sees to it that every wait ends with exactly one of
// `PROVIDER.login`, `login.failed` and `login.expired`: a success that could not be kept becomes a failure, and the
// end of a wait that the pipeline's queue had no room for is told again until there is.  One to an instance, lane only.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sources/oauth/waits.hpp"

namespace oauth {

struct Profile;  // exchange.hpp
class Tickets;

struct FlowOptions {
  std::vector<std::string> expose;  // JSON pointers into the profile that the event may show
  int64_t keep_ns = 0;              // how long a wait that is over stays
};

// Why a login failed, as browsers are told; nothing else is ever said.
inline constexpr std::string_view kReasons[] = {"denied",    "provider_error", "exchange_failed", "timeout",
                                                "bad_token", "refused",        "unavailable"};

class Flow {
 public:
  Flow(sbx::Host host, const sbx_loop &loop, Waits &waits, Tickets &tickets, FlowOptions options);
  Flow(const Flow &) = delete;
  Flow &operator=(const Flow &) = delete;
  ~Flow();

  // `{provider}.scanned`, with the wait's number.  Only the first time: a wait that is not pending stays as it is.
  void scanned(Wait &wait);
  // `{provider}.login` with a ticket.  `done` (may be empty) is called once: true = the event is where it should
  // be, on disk if its channel is durable; false = it is not, and the wait has failed (then also from inside this).
  // REQUIRES: !wait.over()
  void succeed(Wait &wait, const Profile &profile, std::function<void(bool durable)> done);
  // `login.failed`.  A word that is not in kReasons is told as "refused".  REQUIRES: !wait.over()
  void fail(Wait &wait, std::string_view reason);
  // `login.expired` for all that are still open: the program ends, or their time is over.
  void expire_all();

  // From the plugin's hook.
  void on_ack(uint64_t token, const sbx_receipt &receipt);
  // After waits were made or put off: the timer follows the earliest one.
  void arm();
  // Receipts that are still to come, and ends that found no room and are still to be told.
  size_t under_way() const { return sent_.size(); }
  size_t untold() const { return untold_.size(); }
  // Called when under_way() has become 0, and after each try to tell what is untold.
  void when_idle(std::function<void()> idle) { idle_ = std::move(idle); }

 private:
  struct Sent {
    std::string wait, ticket;  // ticket: its digest, of a success
    std::string reason;        // of a failure; empty = expired
    std::function<void(bool)> done;
  };
  // What is emitted: its name, its data, whom it is about.
  struct Told {
    std::string name, data;
    std::string_view subject = {};
  };
  sbx_status emit(const Wait &wait, const Told &told, uint64_t ack);
  void expire(Wait &wait);
  void end(Wait &wait, WaitState state);
  void tell_end(Wait &wait, const std::string &reason);
  void tell_later(const std::string &wait, const std::string &reason);
  void tell_again();
  void not_kept(Wait &wait, const std::string &ticket_digest);
  void on_time();
  void count(std::string_view outcome);

  sbx::Host host_;
  const sbx_loop &loop_;
  Waits &waits_;
  Tickets &tickets_;
  const FlowOptions options_;
  std::map<uint64_t, Sent> sent_;              // by acknowledgement
  std::map<std::string, std::string> untold_;  // wait -> reason ("" = expired) of ends that found no room
  std::map<std::string, sbx::Metric, std::less<>> outcomes_;
  sbx::Metric waiting_;
  uint64_t last_ack_ = 0;
  sbx_id timer_ = 0, retry_ = 0;
  int64_t armed_for_ns_ = 0;
  std::function<void()> idle_;
};

}  // namespace oauth
