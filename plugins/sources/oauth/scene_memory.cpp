#include "plugins/sources/oauth/scene_memory.hpp"

#include "plugins/sources/webhook/digest.hpp"

namespace oauth {

bool SeenPushes::first(std::string_view id, int64_t now_s) {
  while (!in_order_.empty() && in_order_.front().first + kKeptS <= now_s) {
    ids_.erase(in_order_.front().second);
    in_order_.pop_front();
  }
  std::string digest = webhook::digest_of(webhook::Hash::kSha256, id);
  if (!ids_.insert(digest).second) return false;
  in_order_.emplace_back(now_s, std::move(digest));
  if (in_order_.size() > kPushesMax) {
    ids_.erase(in_order_.front().second);
    in_order_.pop_front();
  }
  return true;
}

bool ScanLimit::allow(std::string_view openid, int64_t now_s) {
  while (!in_order_.empty() && in_order_.front().first + kWindowS <= now_s) {
    const auto found = scans_.find(in_order_.front().second);
    if (--found->second == 0) scans_.erase(found);
    in_order_.pop_front();
  }
  if (in_order_.size() >= kTotalMax) return false;
  std::string who(openid);
  size_t &count = scans_[who];
  if (count >= kScansMax) return false;
  ++count;
  in_order_.emplace_back(now_s, std::move(who));
  return true;
}

}  // namespace oauth
