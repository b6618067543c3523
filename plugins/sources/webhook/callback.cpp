#include "plugins/sources/webhook/callback.hpp"

#include <utility>

#include "plugins/sources/webhook/hints.hpp"
#include "plugins/sources/webhook/kept_request.hpp"
#include "plugins/sources/webhook/quoted.hpp"
#include "plugins/sources/webhook/replay.hpp"

namespace webhook {
namespace {

// An ack's token is the request's number and, below it, the event's index, of which there are at most 256.
constexpr unsigned kIndexBits = 16;
// Requests that may come once and are remembered: of a login page's scans, many more than come within its tolerance.
constexpr size_t kOnceMax = 65'536;
// Of an id, a type or an order in the log.
constexpr size_t kShownMax = 100;
// Bytes of one request beside all of its events.
constexpr size_t kKeptCopiesMax = 8u << 20;

sbx::Metric events_counter(sbx::Host host, std::string_view outcome) {
  return {host, 'c', "signalbox_webhook_events_total", "Published events by what became of them", "outcome", outcome};
}

Reply with_about(Reply reply, std::string about, bool untold = false) {
  reply.about = std::move(about);
  reply.untold = reply.untold || untold;
  return reply;
}

// Is there anything that about() would say?
bool has_about(const Verdict &verdict) {
  if (verdict.events.size() != 1 || verdict.age_s || (verdict.key > 0 && verdict.keys > 1)) return true;
  const CallbackEvent &event = verdict.events[0];
  return !event.id.empty() || !event.type.empty() || !event.order.empty();
}

}  // namespace

Callback::Callback(sbx::Host host, const sbx_loop &loop, Endpoint &endpoint, CallbackOptions options)
    : host_(host),
      loop_(loop),
      endpoint_(endpoint),
      options_(std::move(options)),
      accepted_(events_counter(host, "accepted")),
      duplicate_(events_counter(host, "duplicate")),
      dropped_(events_counter(host, "dropped")),
      failed_(events_counter(host, "failed")),
      inquiries_(host, loop,
                 [this](uint64_t number, Question::About about, const ProviderAnswer &answer) {
                   on_answer(number, about, answer);
                 }),
      key_use_(host),
      clock_(host) {}

std::optional<Reply> Callback::judge(const sbx_request &) { return std::nullopt; }

Reply Callback::reply(ReplyKind kind, const char *outcome, std::string detail) const {
  const ReplySpec &spec = options_.verifier->preset().reply[kind];
  Reply made{spec.status, outcome, spec.body, std::move(detail)};
  made.content_type = spec.content_type;
  made.to_provider = true;
  return made;
}

// One answer for all that is wrong with signatures: strangers learn nothing from it.
Reply Callback::refused(const Verdict &verdict) const {
  if (verdict.stage == Stage::kConfirm) return reply(kReplyNotDurable, name_of(verdict.stage), verdict.reason);
  const bool request = verdict.stage == Stage::kStructure || verdict.stage == Stage::kTemplate;
  return reply(request ? kReplyBadRequest : kReplyBadSignature, name_of(verdict.stage),
               std::string(name_of(verdict.stage)) + ": " + verdict.reason);
}

// Of what a provider sends, the log has what is needed to find it again; an order may hold anything.
std::string Callback::about(const Verdict &verdict) {
  std::string text;
  const auto add = [&](const char *name, const std::string &value) {
    if (!value.empty()) text.append(text.empty() ? "" : ", ").append(name).append(" ").append(quoted(value, kShownMax));
  };
  if (!verdict.events.empty()) {
    const CallbackEvent &first = verdict.events[0];
    add("id", first.id);
    add("type", first.type);
    add("order", first.order);
  }
  if (verdict.events.size() != 1)
    text += (text.empty() ? "" : ", ") + std::to_string(verdict.events.size()) + " events";
  const std::string key = key_text(verdict.key, verdict.keys, verdict.key_id);
  if (!key.empty()) text += ", key " + key;
  if (verdict.age_s) text += ", signed " + std::to_string(*verdict.age_s) + " s before it came";
  return text;
}

Trial Callback::rehearse(const sbx_request &, const CallbackRequest &whole, int64_t now_s) const {
  Verdict verdict = options_.verifier->verify(whole, now_s);
  const bool asks = verdict.question.has_value();
  if (asks && verdict.question->about == Question::About::kCertificate) {
    verdict = {};
    verdict.stage = Stage::kKey;
    verdict.reason =
        "its certificate would be fetched, and here it is judged without a network: set it under certificates";
  }
  Trial trial = trial_of(verdict, verdict.accepted() ? accepted_reply(verdict) : refused(verdict));
  trial.hints = hints_for(*options_.verifier, whole, verdict, now_s);
  if (asks && verdict.accepted())
    trial.hints.emplace_back("only the request was judged: the source asks the provider before it believes it");
  return trial;
}

Reply Callback::accepted_reply(const Verdict &verdict) const {
  if (!verdict.is_challenge) return reply(kReplyOk, "accepted");
  Reply answer{200, "challenge", verdict.challenge};
  answer.content_type = verdict.challenge_type;
  answer.to_provider = true;
  return answer;
}

std::optional<Reply> Callback::take(sbx_id request, const CallbackRequest &callback) {
  Evidence evidence;
  const Verdict verdict = judged(*options_.verifier, callback, evidence);
  const uint64_t number = ++last_number_;
  if (verdict.question) return inquire(request, number, callback, std::move(evidence), *verdict.question);
  return settle(request, number, callback, verdict);
}

std::optional<Reply> Callback::settle(sbx_id request, uint64_t number, const CallbackRequest &callback,
                                      const Verdict &verdict) {
  const int64_t now_s = loop_.wall_ns(host_.get()) / sbx::kSecondNs;
  if (!verdict.accepted()) return refused(verdict);
  if (verdict.is_challenge) return with_about(accepted_reply(verdict), "a challenge");
  key_use_.count(verdict.key, verdict.keys, verdict.key_id);
  clock_.add(verdict.age_s, loop_.mono_ns(host_.get()));
  if (verdict.events.empty()) {
    const bool untold = !host_.log_wanted(SBX_INFO);
    return with_about(reply(kReplyOk, "accepted"), untold ? std::string() : about(verdict), untold);
  }
  const Seen seen = remember(verdict.once, callback.body, now_s);
  if (seen == Seen::kOther) return reply(kReplyDuplicate, "duplicate", "what may come once came with another body");
  if (seen == Seen::kFull)
    return reply(kReplyNotDurable, "busy", "too many requests that may come once are remembered");
  const std::string once = seen == Seen::kNew ? verdict.once : std::string();
  if (emit_all(number, verdict, kept_of(callback)) != SBX_OK) {
    if (!once.empty()) once_.erase(once);
    return reply(kReplyNotDurable, "queue_full", "the pipeline's queue is full");
  }
  Waiting &w = waiting_[number];
  w.request = request;
  if (w.due_ns == 0) w.due_ns = loop_.mono_ns(host_.get()) + options_.deadline_ns;  // else it has waited already
  w.left = w.events = verdict.events.size();
  w.once = once;
  w.untold = has_about(verdict) && !host_.log_wanted(SBX_INFO);
  if (!w.untold) w.about = about(verdict);
  numbers_[request] = number;
  arm();
  return std::nullopt;
}

// A provider that got no answer sends the same once more, and must be heard; anything else under the same signature is
// somebody's who has read it.
Callback::Seen Callback::remember(const std::string &once, const std::string &body, int64_t now_s) {
  if (once.empty()) return Seen::kSame;
  const std::string content = digest_of(Hash::kSha256, body);
  if (once_.size() >= kOnceMax) std::erase_if(once_, [&](const auto &entry) { return entry.second.until_s < now_s; });
  const auto found = once_.find(once);
  if (found != once_.end() && found->second.until_s >= now_s)
    return found->second.content == content ? Seen::kSame : Seen::kOther;
  if (once_.size() >= kOnceMax) return Seen::kFull;
  once_[once] = {content, now_s + 2 * options_.verifier->preset().tolerance_s};
  return Seen::kNew;
}

std::string Callback::kept_of(const CallbackRequest &callback) {
  if (!options_.keep_raw) return {};
  auto kept = keep_request(callback, options_.verifier->preset(), loop_.wall_ns(host_.get()));
  if (!kept) host_.log(SBX_WARN, "a request was not kept for replays: it is longer than 8 MiB, or no HTTP text");
  return kept ? *std::move(kept) : std::string();
}

int64_t Callback::replay(std::string_view kept, int64_t received_ns) {
  return replay_kept(host_, *options_.verifier, kept, received_ns);
}

sbx_status Callback::emit_all(uint64_t number, const Verdict &verdict, std::string_view kept) {
  // Any of its events may be the only one that is new, or durable; but many copies of a long request are too much.
  const bool beside_each = kept.size() * verdict.events.size() <= kKeptCopiesMax;
  const sbx_attr facts[] = {{sbx::raw("source"), sbx::raw(host_.instance())},
                            {sbx::raw("verified"), sbx::raw("true")},
                            {sbx::raw("preset"), sbx::raw(options_.verifier->preset().name)}};
  for (size_t i = 0; i < verdict.events.size(); ++i) {
    const CallbackEvent &e = verdict.events[i];
    const sbx::Draft draft{.channel = e.channel,
                           .name = e.name,
                           .data = e.data,
                           .id = e.id,
                           .attrs = facts,
                           .attr_count = std::size(facts)};
    const sbx::Emit how{.ack = number << kIndexBits | i,
                        .dedupe_key = e.dedupe_key,
                        .dedupe_ns = options_.dedupe_ns,
                        .raw = beside_each || i == 0 ? kept : std::string_view()};
    const sbx_status taken = host_.emit(draft, how);
    if (taken == SBX_OK) continue;
    failed_.add(static_cast<double>(verdict.events.size() - i));
    return taken;
  }
  return SBX_OK;
}

void Callback::on_ack(uint64_t token, const sbx_receipt &receipt) {
  count(receipt);
  const auto found = waiting_.find(token >> kIndexBits);
  if (found == waiting_.end()) return;  // answered already, or nobody waits any more
  Waiting &w = found->second;
  if (receipt.status != SBX_OK && receipt.status != SBX_DUPLICATE)
    return finish(found->first, reply(kReplyNotDurable, "not_durable", "its events could not be made safe"), false);
  if (receipt.status == SBX_DUPLICATE) ++w.duplicates;
  if (--w.left > 0) return;
  const bool known = w.duplicates == w.events;
  finish(found->first, known ? reply(kReplyDuplicate, "duplicate") : reply(kReplyOk, "accepted"), true);
}

void Callback::count(const sbx_receipt &receipt) {
  if (receipt.status == SBX_DUPLICATE) return duplicate_.add();
  if (receipt.status != SBX_OK) return failed_.add();
  (receipt.cursor.len > 0 ? accepted_ : dropped_).add();
}

void Callback::finish(uint64_t number, const Reply &answer, bool taken) {
  abandon(number);
  auto done = waiting_.extract(number);
  if (!taken) once_.erase(done.mapped().once);
  numbers_.erase(done.mapped().request);
  Waiting &w = done.mapped();
  endpoint_.answer(w.request, answer.about.empty() ? with_about(answer, std::move(w.about), w.untold) : answer);
}

// The events may still become safe; a request that comes again is told apart by their keys.
void Callback::forget(sbx_id request) {
  const auto found = numbers_.find(request);
  if (found == numbers_.end()) return;
  abandon(found->second);
  waiting_.erase(found->second);
  numbers_.erase(found);
}

void Callback::arm() {
  if (timer_ != 0 || waiting_.empty()) return;
  const int64_t left = waiting_.begin()->second.due_ns - loop_.mono_ns(host_.get());
  timer_ = loop_.timer(
      host_.get(), left, 0,
      [](void *self, sbx_id) noexcept {
        auto &c = *static_cast<Callback *>(self);
        sbx::guarded(c.host_, [&] { c.on_time(); });
      },
      this);
}

void Callback::on_time() {
  timer_ = 0;
  const int64_t now = loop_.mono_ns(host_.get());
  while (!waiting_.empty() && waiting_.begin()->second.due_ns <= now)
    finish(waiting_.begin()->first,
           reply(kReplyNotDurable, "timeout", "it was not confirmed and its events not safe in time"), false);
  arm();
}

}  // namespace webhook
