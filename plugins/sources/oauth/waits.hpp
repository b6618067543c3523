// Waits: the logins that have been started and whose end somebody waits for.  Each has names of its own, all from the
// system's CSPRNG: the id in its channel, the `state` that goes through the provider, the `wait` that admits to the
// channel, for scene logins the `scene` in the QR code.  Of secrets only SHA-256 digests are kept.  A wait that is over
// stays for a short while, so that its channel can still be asked for.  One table to an instance, lane only.
//
// A `Wait *` is good until forget() of that wait: do not keep it over a turn, keep its id.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <sbx/sbx.hpp>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace oauth {

enum class WaitState { kPending, kScanned, kDone, kFailed, kExpired };

struct Wait {
  std::string id, provider, channel;
  WaitState state = WaitState::kPending;
  std::string return_to, verifier, nonce;  // of logins that go through the browser
  std::string scene, number;               // of scene logins; number: two digits that both screens show
  std::string scanned_by;                  // scene: who scanned first (openid); set by ScenePush, asked by ScenePush
  std::string peer;                        // address of who started it
  std::string state_digest, bind_digest, wait_digest, confirm_digest;
  int64_t expires_ns = 0;  // mono: when it ends by itself, or, once it is over, when it is forgotten
  size_t taken = 0;        // how often it was admitted after its end

  bool over() const { return state != WaitState::kPending && state != WaitState::kScanned; }
};

struct WaitLimits {
  size_t waits = 0, waits_per_ip = 0;
};
struct NewWait {
  std::string provider, return_to, verifier, nonce, peer;
  std::string bind;  // the cookie's value; empty where no cookie can bind
  bool scene = false;
  int64_t lifetime_ns = 0;
};
// What only the browser that started the login gets to know.
struct WaitSecrets {
  std::string state, wait;
};

class Waits {
 public:
  // `channel` holds "{id}" once.
  Waits(sbx::Host host, const sbx_loop &loop, std::string_view channel, WaitLimits limits);

  enum class Room { kYes, kFull, kPeerFull };
  Room room_for(std::string_view peer) const;
  // REQUIRES: room_for(made.peer) == kYes
  Wait &make(const NewWait &made, WaitSecrets &secrets);

  Wait *by_id(std::string_view id);
  Wait *by_channel(std::string_view channel);  // exact; see owns()
  Wait *by_scene(std::string_view scene);
  // The wait of this `state`, which is good for once: it is forgotten in the same step.
  Wait *take_state(std::string_view state);
  // A second name for a wait, made by ScenePush for the link on the phone; a new one takes the old one's place.
  void set_confirm(Wait &wait, std::string_view token);
  Wait *by_confirm(std::string_view token);

  // Does this name look like one of our channels, so that it is ours to admit to it?
  bool owns(std::string_view channel) const;

  // The wait is over: its names for the outside are gone, it is forgotten at `forget_ns`.
  void end(Wait &wait, WaitState state, int64_t forget_ns);
  void put_off(Wait &wait, int64_t expires_ns);
  std::optional<int64_t> next_due() const;
  std::vector<std::string> due(int64_t now_ns) const;  // ids, oldest first
  std::vector<std::string> open() const;               // ids of those that are not over
  void forget(Wait &wait);
  size_t open_count() const { return open_; }
  size_t size() const { return waits_.size(); }

 private:
  using Index = std::unordered_map<std::string, std::string>;  // digest or name -> id

  std::string_view id_in(std::string_view channel) const;  // empty: not ours
  Wait *find(const Index &index, const std::string &key);
  void drop_names(Wait &wait);

  sbx::Host host_;
  const sbx_loop &loop_;
  const WaitLimits limits_;
  std::string before_, after_;  // {id} in the channel
  std::unordered_map<std::string, Wait> waits_;
  Index states_, scenes_, confirms_;
  std::set<std::pair<int64_t, std::string>> due_;
  std::unordered_map<std::string, size_t> of_network_;  // open ones by network_of(peer)
  size_t open_ = 0;
};

}  // namespace oauth
