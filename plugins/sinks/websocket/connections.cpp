#include "plugins/sinks/websocket/connections.hpp"

#include <algorithm>

namespace websocket {

Allowance::Allowance(uint64_t per_second, uint64_t burst, int64_t now_ns)
    : per_second_(static_cast<double>(per_second)), burst_(static_cast<double>(burst)), left_(burst_), at_ns_(now_ns) {}

bool Allowance::take(int64_t now_ns) {
  if (per_second_ == 0) return true;
  const double seconds = static_cast<double>(now_ns - at_ns_) / static_cast<double>(sbx::kSecondNs);
  at_ns_ = now_ns;
  left_ = std::min(burst_, left_ + seconds * per_second_);
  if (left_ < 1) return false;
  left_ -= 1;
  return true;
}

bool Connection::in(std::string_view channel) const {
  return std::any_of(channels.begin(), channels.end(), [&](const Listened *l) { return l->first == channel; });
}

Connection &Connections::add(Connection connection) {
  const sbx_id id = connection.id;
  auto &slot = by_id_[id];
  slot = std::make_unique<Connection>(std::move(connection));
  by_public_id_.emplace(slot->public_id, id);
  return *slot;
}

Connection *Connections::find(sbx_id id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second.get();
}

sbx_id Connections::with_public_id(std::string_view public_id) const {
  if (public_id.empty()) return 0;
  const auto found = by_public_id_.find(public_id);
  return found == by_public_id_.end() ? 0 : found->second;
}

void Connections::remove(sbx_id id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  by_public_id_.erase(found->second->public_id);
  by_id_.erase(found);
}

std::vector<sbx_id> Connections::ids() const {
  std::vector<sbx_id> out;
  out.reserve(by_id_.size());
  for (const auto &[id, connection] : by_id_) out.push_back(id);
  return out;
}

}  // namespace websocket
