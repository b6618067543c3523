#include "plugins/sources/webhook/publish.hpp"

#include <sbx/json_text.hpp>
#include <utility>

#include "plugins/sources/webhook/request_head.hpp"

namespace webhook {
namespace {

// An ack's token is the request's number and, below it, the event's index: events_max is at most 10000.
constexpr unsigned kIndexBits = 16;

sbx::Metric events_counter(sbx::Host host, std::string_view outcome) {
  return {host, 'c', "signalbox_webhook_events_total", "Published events by what became of them", "outcome", outcome};
}

Reply not_taken(sbx_status why) {
  switch (why) {
    case SBX_FULL:
      return refusal(503, "queue_full", "the pipeline's queue is full; send the same again later");
    case SBX_ESTORE:
      return refusal(503, "not_durable", "the events could not be made durable; send the same again later");
    default:
      return refusal(503, "unavailable", "the events were not taken; send the same again later",
                     "the host answered " + std::to_string(why));
  }
}

}  // namespace

Publish::Publish(sbx::Host host, const sbx_loop &loop, Endpoint &endpoint, PublishOptions options)
    : host_(host),
      loop_(loop),
      endpoint_(endpoint),
      options_(std::move(options)),
      keys_(options_.keys),
      accepted_(events_counter(host, "accepted")),
      duplicate_(events_counter(host, "duplicate")),
      dropped_(events_counter(host, "dropped")),
      failed_(events_counter(host, "failed")),
      key_use_(host) {}

std::optional<Reply> Publish::judge(const sbx_request &request) {
  size_t key = 0;
  auto refused = head_refused(request, key);
  if (!refused) key_use_.count(key, keys_.size(), {});
  return refused;
}

std::optional<Reply> Publish::head_refused(const sbx_request &request, size_t &key) const {
  if (const char *why = keys_.refuse(request, &key))
    return refusal(401, "unauthorized", "this needs the header Authorization: Bearer KEY with a key that is valid here",
                   why);
  const Header type = find_header(request, "content-type");
  if (type.count != 1 || !is_json_type(type.value))
    return refusal(415, "unsupported_media_type", "the body must be application/json in UTF-8");
  const Header encoding = find_header(request, "content-encoding");
  if (encoding.count > 0 && !same_word(encoding.value, "identity"))
    return refusal(415, "unsupported_encoding", "the body must come as it is, without Content-Encoding");
  return std::nullopt;
}

Trial Publish::rehearse(const sbx_request &request, const CallbackRequest &whole, int64_t) const {
  size_t key = 0;
  if (auto refused = head_refused(request, key)) {
    const std::string reason = refused->detail;
    return refused_trial(refused->status == 401 ? "key" : "structure", reason, *std::move(refused));
  }
  std::vector<PublishEvent> events;
  if (const auto problem = read_publish_body(whole.body, options_.events_max, events))
    return refused_trial("structure", *problem, refusal(400, "malformed", *problem));
  Trial trial;
  trial.accepted = true;
  trial.key = key_text(key, keys_.size(), {});
  std::vector<Place> places;
  for (PublishEvent &e : events) {
    places.push_back({e.id, {}});
    trial.events.push_back({e.id, e.event, {}, e.channel, e.event, std::string(e.data), e.id});
  }
  trial.reply = accepted(answer_text(places));  // with the cursors that the events would get
  return trial;
}

std::optional<Reply> Publish::take(sbx_id request, const CallbackRequest &whole) {
  std::vector<PublishEvent> events;
  if (const auto problem = read_publish_body(whole.body, options_.events_max, events))
    return refusal(400, "malformed", *problem);
  const uint64_t number = ++last_number_;
  const sbx_status taken = emit_all(number, events);
  if (taken != SBX_OK) return not_taken(taken);
  Waiting &w = waiting_[number];
  w.request = request;
  w.due_ns = loop_.mono_ns(host_.get()) + options_.deadline_ns;
  w.left = events.size();
  w.about = std::to_string(events.size()) + (events.size() == 1 ? " event" : " events");
  for (PublishEvent &event : events) w.places.push_back({std::move(event.id), {}});
  numbers_[request] = number;
  arm();
  return std::nullopt;
}

// Receipts come in a later turn (R3), so the request may be entered afterwards.
sbx_status Publish::emit_all(uint64_t number, const std::vector<PublishEvent> &events) {
  const sbx_attr facts[] = {{sbx::raw("source"), sbx::raw(host_.instance())}, {sbx::raw("verified"), sbx::raw("true")}};
  for (size_t i = 0; i < events.size(); ++i) {
    const PublishEvent &e = events[i];
    const sbx::Draft draft{.channel = e.channel,
                           .name = e.event,
                           .data = e.data,
                           .id = e.id,
                           .attrs = facts,
                           .attr_count = std::size(facts)};
    const sbx::Emit how{
        .ack = number << kIndexBits | i, .dedupe_key = e.id, .dedupe_ns = e.id.empty() ? 0 : options_.dedupe_ns};
    const sbx_status taken = host_.emit(draft, how);
    if (taken == SBX_OK) continue;
    failed_.add(static_cast<double>(events.size() - i));
    return taken;
  }
  return SBX_OK;
}

void Publish::on_ack(uint64_t token, const sbx_receipt &receipt) {
  count(receipt);
  const auto found = waiting_.find(token >> kIndexBits);
  if (found == waiting_.end()) return;  // answered already, or nobody waits any more
  Waiting &w = found->second;
  if (receipt.status != SBX_OK && receipt.status != SBX_DUPLICATE)
    return finish(found->first, not_taken(receipt.status));
  const size_t index = token & ((uint64_t{1} << kIndexBits) - 1);
  w.places[index].cursor = sbx::view(receipt.cursor);
  if (--w.left == 0) finish(found->first, accepted(answer_text(w.places)));
}

void Publish::count(const sbx_receipt &receipt) {
  if (receipt.status == SBX_DUPLICATE) return duplicate_.add();
  if (receipt.status != SBX_OK) return failed_.add();
  (receipt.cursor.len > 0 ? accepted_ : dropped_).add();
}

// An event without an id of its own is known by its cursor.  One that the filters dropped was received and is nowhere.
std::string Publish::answer_text(const std::vector<Place> &places) {
  std::string text = R"({"events":[)";
  const auto append = [&](std::string_view value) {
    if (value.empty())
      text += "null";
    else
      sbx::json::append_quoted(text, value);
  };
  for (const Place &place : places) {
    text += text.back() == '[' ? R"({"id":)" : R"(,{"id":)";
    append(place.id.empty() ? place.cursor : place.id);
    text += R"(,"cursor":)";
    append(place.cursor);
    text += '}';
  }
  text += "]}";
  return text;
}

void Publish::finish(uint64_t number, const Reply &reply) {
  auto done = waiting_.extract(number);
  numbers_.erase(done.mapped().request);
  Reply told = reply;
  told.about = std::move(done.mapped().about);
  endpoint_.answer(done.mapped().request, told);
}

void Publish::forget(sbx_id request) {
  const auto found = numbers_.find(request);
  if (found == numbers_.end()) return;
  waiting_.erase(found->second);
  numbers_.erase(found);
}

// One timer for all: it is due with the oldest request, and comes for nothing when that was answered in time.
void Publish::arm() {
  if (timer_ != 0 || waiting_.empty()) return;
  const int64_t left = waiting_.begin()->second.due_ns - loop_.mono_ns(host_.get());
  timer_ = loop_.timer(
      host_.get(), left, 0,
      [](void *self, sbx_id) noexcept {
        auto &p = *static_cast<Publish *>(self);
        sbx::guarded(p.host_, [&] { p.on_time(); });
      },
      this);
}

void Publish::on_time() {
  timer_ = 0;
  const int64_t now = loop_.mono_ns(host_.get());
  while (!waiting_.empty() && waiting_.begin()->second.due_ns <= now)
    finish(waiting_.begin()->first, refusal(503, "timeout", "the events were not safe in time; send the same again"));
  arm();
}

}  // namespace webhook
