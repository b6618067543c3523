#include "plugins/sinks/websocket/connections.hpp"

#include <algorithm>

namespace websocket {

bool Allowance::take(const AllowanceLimits &limits, int64_t now_ns) {
  if (limits.per_second == 0) return true;
  const double seconds = static_cast<double>(now_ns - at_ns_) / static_cast<double>(sbx::kSecondNs);
  at_ns_ = now_ns;
  left_ = std::min(static_cast<double>(limits.burst), left_ + seconds * static_cast<double>(limits.per_second));
  if (left_ < 1) return false;
  left_ -= 1;
  return true;
}

void AskedList::add(uint64_t ref, Asked asked) {
  if (!by_ref_) by_ref_ = std::make_unique<std::map<uint64_t, Asked>>();
  by_ref_->emplace(ref, std::move(asked));
}

Asked *AskedList::find(uint64_t ref) {
  if (!by_ref_) return nullptr;
  const auto found = by_ref_->find(ref);
  return found == by_ref_->end() ? nullptr : &found->second;
}

void AskedList::remove(uint64_t ref) {
  if (by_ref_ && by_ref_->erase(ref) > 0 && by_ref_->empty()) by_ref_.reset();
}

// REQUIRES: public_name.size() == kPublicIdSize
Connection::Connection(sbx_id own, std::string_view public_name, Allowance messages) : id(own), allowance(messages) {
  std::copy_n(public_name.begin(), public_id_.size(), public_id_.begin());
}

bool Connection::in(std::string_view channel) const {
  return std::any_of(channels.begin(), channels.end(), [&](const Listened *l) { return l->channel == channel; });
}

Connection &Connections::add(sbx_id id, std::string_view public_id, Allowance allowance) {
  Connection &added = by_id_.try_emplace(id, id, public_id, allowance).first->second;
  by_public_id_.add(added);
  return added;
}

Connection *Connections::find(sbx_id id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &found->second;
}

sbx_id Connections::with_public_id(std::string_view public_id) const {
  if (public_id.size() != kPublicIdSize) return 0;
  const Connection *found = by_public_id_.find(public_id);
  return found ? found->id : 0;
}

void Connections::remove(sbx_id id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  by_public_id_.remove(found->second);
  by_id_.erase(found);
}

std::vector<sbx_id> Connections::ids() const {
  std::vector<sbx_id> out;
  out.reserve(by_id_.size());
  for (const auto &[id, connection] : by_id_) out.push_back(id);
  return out;
}

}  // namespace websocket
