#include "core/plugin/admission.hpp"

#include <algorithm>
#include <utility>

#include "core/plugin/instance.hpp"

namespace signalbox {
namespace {

// An answer that hides nothing from nobody: of several reasons the one that the client can do something about.
uint32_t worse(uint32_t one, uint32_t other) {
  const auto weight = [](uint32_t code) {
    if (code == kForbidden) return 0;
    return code == kNobodyToAsk ? 2 : 1;
  };
  return weight(other) > weight(one) ? other : one;
}

int64_t sooner(int64_t one, int64_t other) {
  if (one == 0 || other == 0) return std::max(one, other);
  return std::min(one, other);
}

}  // namespace

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

void AdmissionRound::begin(Asker asker, const Gatekeepers &keepers, std::vector<uint32_t> scopes,
                           std::vector<Want> wants, Done done) {
  const auto round =
      std::make_shared<AdmissionRound>(std::move(asker), keepers, std::move(scopes), std::move(wants), std::move(done));
  round->timer_ = round->asker_.lane.timer(keepers.patience_ns, 0, [round](io::TimerId) { round->end(); });
  for (size_t i = 0; i < round->keepers_.size(); ++i)
    round->keepers_[i]->lane().lane.post([round, i] { round->ask(i); });
}

AdmissionRound::AdmissionRound(Asker asker, const Gatekeepers &keepers, std::vector<uint32_t> scopes,
                               std::vector<Want> wants, Done done)
    : asker_(std::move(asker)),
      gatekeepers_(keepers),
      scopes_(std::move(scopes)),
      wants_(std::move(wants)),
      done_(std::move(done)) {
  for (const uint32_t scope : scopes_)
    for (Instance *keeper : gatekeepers_.of(scope))
      if (std::find(keepers_.begin(), keepers_.end(), keeper) == keepers_.end()) keepers_.push_back(keeper);
  left_ = keepers_.size() * wants_.size();
  answers_.resize(left_);
}

void AdmissionRound::ask(size_t keeper) {
  std::vector<std::pair<size_t, Verdict>> given;
  const sbx_visitor *visitor = asker_.visitor ? &asker_.visitor->view() : nullptr;
  for (size_t want = 0; want < wants_.size(); ++want) {
    const auto &[channel, auth] = wants_[want];
    if (channel.empty()) {
      given.emplace_back(want, Verdict{});
      continue;
    }
    const sbx_join join{sizeof join, 0, {channel.data(), channel.size()}, {auth.data(), auth.size()}, visitor};
    const std::optional<Verdict> now =
        keepers_[keeper]->admit(join, [self = shared_from_this(), keeper, want](Verdict later) {
          self->asker_.lane.post([self, keeper, want, later = std::move(later)] { self->take(keeper, want, later); });
        });
    if (now) given.emplace_back(want, *now);
  }
  if (given.empty()) return;
  asker_.lane.post([self = shared_from_this(), keeper, given = std::move(given)] {
    for (const auto &[want, verdict] : given) self->take(keeper, want, verdict);
  });
}

void AdmissionRound::take(size_t keeper, size_t want, Verdict verdict) {
  Answer &answer = this->answer(keeper, want);
  if (std::exchange(answer.given, true)) return;
  answer.verdict = std::move(verdict);
  if (--left_ == 0) end();
}

void AdmissionRound::end() {
  if (!done_) return;
  asker_.lane.cancel(timer_);
  for (Answer &answer : answers_)
    if (!std::exchange(answer.given, true)) answer.verdict.code = kNobodyToAsk;
  std::vector<Admission> all;
  all.reserve(wants_.size());
  for (size_t want = 0; want < wants_.size(); ++want) all.push_back(judge(want));
  std::exchange(done_, nullptr)(std::move(all));
}

const Verdict &AdmissionRound::verdict(const Instance *keeper, size_t want) {
  const auto at = std::find(keepers_.begin(), keepers_.end(), keeper) - keepers_.begin();
  return answer(static_cast<size_t>(at), want).verdict;
}

bool AdmissionRound::admits(uint32_t scope, size_t want) {
  const std::vector<Instance *> &all = gatekeepers_.of(scope);
  const bool vouched = !is_restricted(wants_[want].channel) ||
                       std::any_of(all.begin(), all.end(), [&](Instance *k) { return verdict(k, want).vouched; });
  return vouched && !wants_[want].channel.empty() &&
         std::all_of(all.begin(), all.end(), [&](Instance *k) { return verdict(k, want).yes; });
}

Admission AdmissionRound::judge(size_t want) {
  Admission out;
  Grant known;
  for (const uint32_t scope : scopes_) {
    const bool yes = admits(scope, want);
    if (yes) out.scopes.push_back(scope);
    for (const Instance *keeper : gatekeepers_.of(scope)) {
      const Verdict &one = verdict(keeper, want);
      if (!yes && !one.yes) out.code = worse(out.code, one.code);
      if (!yes || !one.grant) continue;
      known.until_ns = sooner(known.until_ns, one.grant->until_ns);
      if (known.principal.empty()) known.principal = one.grant->principal;
      if (!known.member.empty() || one.grant->member.empty()) continue;
      known.member = one.grant->member;
      known.principal = one.grant->principal;
      known.linger_ns = one.grant->linger_ns;
      out.member_scope = scope;
    }
  }
  if (known.until_ns != 0 || !known.principal.empty()) out.grant = std::make_shared<const Grant>(std::move(known));
  return out;
}

}  // namespace signalbox
