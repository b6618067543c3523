#include "plugins/sources/oauth/waits.hpp"

#include <utility>

#include "plugins/sources/oauth/peers.hpp"
#include "plugins/sources/oauth/tokens.hpp"

namespace oauth {
namespace {

constexpr std::string_view kIdMark = "{id}";

}  // namespace

Waits::Waits(sbx::Host host, const sbx_loop &loop, std::string_view channel, WaitLimits limits)
    : host_(host), loop_(loop), limits_(limits) {
  const size_t mark = channel.find(kIdMark);
  before_ = channel.substr(0, mark);
  after_ = channel.substr(mark + kIdMark.size());
}

Waits::Room Waits::room_for(std::string_view peer) const {
  if (waits_.size() >= limits_.waits) return Room::kFull;
  const auto found = of_network_.find(network_of(peer));
  return found != of_network_.end() && found->second >= limits_.waits_per_ip ? Room::kPeerFull : Room::kYes;
}

Wait &Waits::make(const NewWait &made, WaitSecrets &secrets) {
  const std::string id = random_base62(host_, loop_, kIdChars);
  Wait &wait = waits_[id];
  wait.id = id;
  wait.provider = made.provider;
  wait.channel = before_ + id + after_;
  wait.return_to = made.return_to;
  wait.verifier = made.verifier;
  wait.nonce = made.nonce;
  wait.peer = made.peer;
  secrets.wait = random_base62(host_, loop_, kIdChars);
  wait.wait_digest = sha256(secrets.wait);
  if (made.scene) {
    wait.scene = random_base62(host_, loop_, kIdChars);
    wait.number = random_number(host_, loop_);
    scenes_[wait.scene] = id;
  } else {
    secrets.state = random_base62(host_, loop_, kIdChars);
    wait.state_digest = sha256(secrets.state);
    wait.bind_digest = sha256(made.bind);
    states_[wait.state_digest] = id;
  }
  wait.expires_ns = loop_.mono_ns(host_.get()) + made.lifetime_ns;
  due_.emplace(wait.expires_ns, id);
  ++of_network_[network_of(made.peer)];
  ++open_;
  return wait;
}

Wait *Waits::by_id(std::string_view id) {
  const auto found = waits_.find(std::string(id));
  return found == waits_.end() ? nullptr : &found->second;
}

std::string_view Waits::id_in(std::string_view channel) const {
  if (channel.size() != before_.size() + kIdChars + after_.size()) return {};
  if (!channel.starts_with(before_) || !channel.ends_with(after_)) return {};
  const std::string_view id = channel.substr(before_.size(), kIdChars);
  return is_base62(id) ? id : std::string_view();
}

bool Waits::owns(std::string_view channel) const { return !id_in(channel).empty(); }

Wait *Waits::by_channel(std::string_view channel) {
  const std::string_view id = id_in(channel);
  return id.empty() ? nullptr : by_id(id);
}

Wait *Waits::find(const Index &index, const std::string &key) {
  const auto found = index.find(key);
  return found == index.end() ? nullptr : by_id(found->second);
}

Wait *Waits::by_scene(std::string_view scene) { return find(scenes_, std::string(scene)); }

Wait *Waits::take_state(std::string_view state) {
  const auto taken = states_.extract(sha256(state));
  return taken.empty() ? nullptr : by_id(taken.mapped());
}

void Waits::set_confirm(Wait &wait, std::string_view token) {
  confirms_.erase(wait.confirm_digest);
  wait.confirm_digest = sha256(token);
  confirms_[wait.confirm_digest] = wait.id;
}

Wait *Waits::by_confirm(std::string_view token) { return find(confirms_, sha256(token)); }

void Waits::drop_names(Wait &wait) {
  states_.erase(wait.state_digest);
  scenes_.erase(wait.scene);
  confirms_.erase(wait.confirm_digest);
  wait.verifier.clear();
  wait.nonce.clear();
}

void Waits::end(Wait &wait, WaitState state, int64_t forget_ns) {
  if (!wait.over()) {
    drop_names(wait);
    --open_;
    const auto network = of_network_.find(network_of(wait.peer));
    if (network != of_network_.end() && --network->second == 0) of_network_.erase(network);
  }
  wait.state = state;
  put_off(wait, forget_ns);
}

void Waits::put_off(Wait &wait, int64_t expires_ns) {
  due_.erase({wait.expires_ns, wait.id});
  wait.expires_ns = expires_ns;
  due_.emplace(wait.expires_ns, wait.id);
}

std::optional<int64_t> Waits::next_due() const {
  return due_.empty() ? std::nullopt : std::optional(due_.begin()->first);
}

std::vector<std::string> Waits::due(int64_t now_ns) const {
  std::vector<std::string> ids;
  for (const auto &[at, id] : due_) {
    if (at > now_ns) break;
    ids.push_back(id);
  }
  return ids;
}

std::vector<std::string> Waits::open() const {
  std::vector<std::string> ids;
  for (const auto &[id, wait] : waits_)
    if (!wait.over()) ids.push_back(id);
  return ids;
}

void Waits::forget(Wait &wait) {
  if (!wait.over()) end(wait, WaitState::kExpired, wait.expires_ns);
  due_.erase({wait.expires_ns, wait.id});
  waits_.erase(std::string(wait.id));  // a copy: it must outlive the wait
}

}  // namespace oauth
