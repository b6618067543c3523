#include "core/plugin/admission.hpp"

#include <algorithm>
#include <utility>

#include "core/plugin/instance.hpp"

namespace signalbox {

void Gatekeepers::add(uint32_t scope, Instance &keeper) {
  std::vector<Instance *> &all = by_scope_[scope];
  if (std::find(all.begin(), all.end(), &keeper) == all.end()) all.push_back(&keeper);
}

const std::vector<Instance *> &Gatekeepers::of(uint32_t scope) const {
  static const std::vector<Instance *> kNone;
  auto it = by_scope_.find(scope);
  return it == by_scope_.end() ? kNone : it->second;
}

bool Gatekeepers::none_of(const std::vector<uint32_t> &scopes) const {
  return std::all_of(scopes.begin(), scopes.end(), [this](uint32_t scope) { return of(scope).empty(); });
}

void AdmissionRound::begin(io::Lane &asker, const Gatekeepers &keepers, std::vector<uint32_t> scopes,
                           std::vector<Want> wants, Done done) {
  const auto round =
      std::make_shared<AdmissionRound>(asker, keepers, std::move(scopes), std::move(wants), std::move(done));
  round->timer_ = asker.timer(keepers.patience_ns, 0, [round](io::TimerId) { round->end(); });
  for (size_t i = 0; i < round->keepers_.size(); ++i)
    round->keepers_[i]->lane().lane.post([round, i] { round->ask(i); });
}

AdmissionRound::AdmissionRound(io::Lane &asker, const Gatekeepers &keepers, std::vector<uint32_t> scopes,
                               std::vector<Want> wants, Done done)
    : asker_(asker),
      gatekeepers_(keepers),
      scopes_(std::move(scopes)),
      wants_(std::move(wants)),
      done_(std::move(done)) {
  for (const uint32_t scope : scopes_)
    for (Instance *keeper : gatekeepers_.of(scope))
      if (std::find(keepers_.begin(), keepers_.end(), keeper) == keepers_.end()) keepers_.push_back(keeper);
  left_ = keepers_.size() * wants_.size();
  verdicts_.assign(left_, Verdict::waiting);
}

void AdmissionRound::ask(size_t keeper) {
  std::vector<std::pair<size_t, sbx_status>> given;
  for (size_t want = 0; want < wants_.size(); ++want) {
    if (wants_[want].channel.empty()) {
      given.emplace_back(want, SBX_EREFUSED);
      continue;
    }
    const sbx_status verdict = keepers_[keeper]->admit(
        wants_[want].channel, wants_[want].auth, [self = shared_from_this(), keeper, want](sbx_status later) {
          self->asker_.post([self, keeper, want, later] { self->take(keeper, want, later); });
        });
    if (verdict != SBX_PENDING) given.emplace_back(want, verdict);
  }
  asker_.post([self = shared_from_this(), keeper, given = std::move(given)] {
    for (const auto &[want, verdict] : given) self->take(keeper, want, verdict);
  });
}

void AdmissionRound::take(size_t keeper, size_t want, sbx_status verdict) {
  if (this->verdict(keeper, want) != Verdict::waiting) return;
  this->verdict(keeper, want) = verdict == SBX_OK ? Verdict::yes : Verdict::no;
  if (--left_ == 0) end();
}

void AdmissionRound::end() {
  if (!done_) return;
  asker_.cancel(timer_);
  std::vector<std::vector<uint32_t>> admitted(wants_.size());
  for (size_t want = 0; want < wants_.size(); ++want)
    for (const uint32_t scope : scopes_)
      if (admits(scope, want)) admitted[want].push_back(scope);
  std::exchange(done_, nullptr)(std::move(admitted));
}

bool AdmissionRound::admits(uint32_t scope, size_t want) {
  const std::vector<Instance *> &all = gatekeepers_.of(scope);
  return std::all_of(all.begin(), all.end(), [&](Instance *keeper) {
    const auto at = std::find(keepers_.begin(), keepers_.end(), keeper) - keepers_.begin();
    return verdict(static_cast<size_t>(at), want) == Verdict::yes;
  });
}

}  // namespace signalbox
