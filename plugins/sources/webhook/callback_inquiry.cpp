// The part of a callback that asks the provider.  Nothing is answered before that is done, so a request whose question
// fails, or that the program does not survive, was not accepted, and the provider sends it again.
#include <utility>

#include "plugins/sources/webhook/callback.hpp"
#include "plugins/sources/webhook/mollie_classic.hpp"

namespace webhook {
namespace {

// Is what was answered worth being used for the next request?
bool believed(Question::About about, const Verdict &verdict) {
  if (verdict.stage == Stage::kConfirm) return false;
  return about != Question::About::kCertificate || verdict.stage != Stage::kKey;
}

}  // namespace

Verdict Callback::judged(const Verifier &verifier, const CallbackRequest &callback, Evidence &evidence) {
  const int64_t now_s = loop_.wall_ns(host_.get()) / sbx::kSecondNs;
  Verdict verdict = verifier.verify(callback, now_s, evidence);
  while (verdict.question) {
    const ProviderAnswer *known = inquiries_.known(*verdict.question);
    if (!known || !evidence.emplace(verdict.question->about, *known).second) break;
    verdict = verifier.verify(callback, now_s, evidence);
    if (verdict.stage == Stage::kConfirm) inquiries_.forget_tokens();
  }
  return verdict;
}

std::optional<Reply> Callback::inquire(sbx_id request, uint64_t number, const CallbackRequest &callback,
                                       Evidence evidence, const Question &question) {
  if (!inquiries_.ask(number, question, options_.deadline_ns))
    return reply(kReplyNotDurable, "busy", "the provider cannot be asked about it now: too many questions at a time");
  pending_.emplace(number, Pending{options_.verifier, callback, std::move(evidence), question});
  Waiting &w = waiting_[number];
  w.request = request;
  w.due_ns = loop_.mono_ns(host_.get()) + options_.deadline_ns;
  numbers_[request] = number;
  arm();
  return std::nullopt;
}

void Callback::on_answer(uint64_t number, Question::About about, const ProviderAnswer &answer) {
  const auto found = pending_.find(number);
  if (found == pending_.end()) return;
  Pending &p = found->second;
  p.evidence[about] = answer;
  p.evidence[about].credential = p.question.credential;
  const Verdict verdict = judged(*p.verifier, p.request, p.evidence);
  if (believed(about, verdict)) inquiries_.keep(p.question, answer);
  if (verdict.stage == Stage::kConfirm) inquiries_.forget_tokens();
  const Waiting &w = waiting_.at(number);
  if (verdict.question) {
    p.question = *verdict.question;
    if (inquiries_.ask(number, p.question, w.due_ns - loop_.mono_ns(host_.get()))) return;
    return finish(number, reply(kReplyNotDurable, "busy", "too many questions to the provider at a time"), false);
  }
  auto done = pending_.extract(found);
  CallbackRequest &request = done.mapped().request;
  if (about == Question::About::kPayment) request = with_payment(request, answer);  // what a replay will need
  if (const auto made = settle(w.request, number, request, verdict)) finish(number, *made, false);
}

void Callback::abandon(uint64_t number) {
  if (pending_.erase(number) > 0) inquiries_.cancel(number);
}

}  // namespace webhook
