// AdmittedCache: admissions that are good for a few more seconds, by the digest of the question.  Refusals are never
// kept: who has just logged in must not be told an old no.  One to a rule; lane only.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

#include "plugins/filters/auth/token_rule.hpp"

namespace auth {

class AdmittedCache {
 public:
  explicit AdmittedCache(int64_t life_ns) : life_ns_(life_ns) {}

  // nullptr: none, or no more.
  const Judgement *find(const std::string &key, int64_t now_ns);
  void keep(const std::string &key, const Judgement &admitted, int64_t now_ns);
  size_t size() const { return kept_.size(); }

 private:
  struct Kept {
    Judgement judgement;
    int64_t until_ns;
  };
  void forget_oldest();
  void forget_old(int64_t now_ns);

  const int64_t life_ns_;  // 0 = nothing is kept
  std::unordered_map<std::string, Kept> kept_;
  std::deque<std::string> order_;  // all live equally long, so the oldest ends first
  size_t bytes_ = 0;
};

}  // namespace auth
