#include "plugins/filters/auth/admitted_cache.hpp"

namespace auth {
namespace {

constexpr size_t kKeptMax = 20'000;
constexpr size_t kBytesMax = 16u << 20;  // of principals and members

size_t bytes_of(const Judgement &j) { return j.principal.size() + j.member.size(); }

}  // namespace

const Judgement *AdmittedCache::find(const std::string &key, int64_t now_ns) {
  forget_old(now_ns);
  const auto found = kept_.find(key);
  return found == kept_.end() ? nullptr : &found->second.judgement;
}

void AdmittedCache::keep(const std::string &key, const Judgement &admitted, int64_t now_ns) {
  if (life_ns_ == 0) return;
  forget_old(now_ns);
  // One that is there already does not get younger.
  if (!kept_.try_emplace(key, Kept{admitted, now_ns + life_ns_}).second) return;
  order_.push_back(key);
  bytes_ += bytes_of(admitted);
  while (kept_.size() > kKeptMax || bytes_ > kBytesMax) forget_oldest();
}

void AdmittedCache::forget_oldest() {
  const auto oldest = kept_.find(order_.front());
  bytes_ -= bytes_of(oldest->second.judgement);
  kept_.erase(oldest);
  order_.pop_front();
}

void AdmittedCache::forget_old(int64_t now_ns) {
  while (!order_.empty() && kept_.at(order_.front()).until_ns <= now_ns) forget_oldest();
}

}  // namespace auth
