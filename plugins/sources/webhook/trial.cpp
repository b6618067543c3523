#include "plugins/sources/webhook/trial.hpp"

#include <set>
#include <utility>

#include "plugins/sources/webhook/quoted.hpp"

namespace webhook {
namespace {

// A reply's body is short; a document of events is not shown in it.
constexpr size_t kBodyMax = 65'536;

void append_event(std::string &to, const CallbackEvent &event) {
  to += R"({"id":)" + quoted(event.id) + R"(,"type":)" + quoted(event.type) + R"(,"order":)" + quoted(event.order) +
        R"(,"channel":)" + quoted(event.channel) + R"(,"name":)" + quoted(event.name) + R"(,"dedupe_key":)" +
        quoted(event.dedupe_key);
}

void append_events(std::string &to, const std::vector<CallbackEvent> &events) {
  std::set<std::string_view> known;
  for (const CallbackEvent &event : events) {
    if (&event != events.data()) to += ',';
    append_event(to, event);
    const bool repeats = !event.dedupe_key.empty() && !known.insert(event.dedupe_key).second;
    to += repeats ? R"(,"duplicate":true})" : R"(,"duplicate":false})";
  }
}

}  // namespace

Trial refused_trial(std::string stage, std::string reason, Reply reply) {
  Trial trial;
  trial.stage = std::move(stage);
  trial.reason = std::move(reason);
  trial.reply = std::move(reply);
  return trial;
}

Trial trial_of(const Verdict &verdict, Reply reply) {
  Trial trial;
  trial.accepted = verdict.accepted();
  if (!trial.accepted) trial = refused_trial(name_of(verdict.stage), verdict.reason, {});
  trial.events = verdict.events;
  trial.reply = std::move(reply);
  trial.key = key_text(verdict.key, verdict.keys, verdict.key_id);
  trial.age_s = verdict.age_s;
  return trial;
}

std::string key_text(size_t place, size_t keys, std::string_view id) {
  if (place == 0 || keys < 2) return {};
  const std::string text = std::to_string(place) + " of " + std::to_string(keys);
  return id.empty() ? text : std::string(id) + ", " + text;
}

std::string json_of(const Trial &trial) {
  std::string to =
      trial.accepted ? R"({"verdict":"accept","stage":null,"reason":null)"
                     : R"({"verdict":"reject","stage":)" + quoted(trial.stage) + R"(,"reason":)" + quoted(trial.reason);
  to += R"(,"event":)";
  append_event(to, trial.events.empty() ? CallbackEvent{} : trial.events[0]);
  to += R"(},"events":[)";
  append_events(to, trial.events);
  to += R"(],"key":)" + (trial.key.empty() ? "null" : quoted(trial.key));
  to += R"(,"seconds_off":)" + (trial.age_s ? std::to_string(*trial.age_s) : "null");
  to += R"(,"hints":[)";
  for (const std::string &hint : trial.hints) to += (&hint == trial.hints.data() ? "" : ",") + quoted(hint);
  to += R"(],"reply":{"status":)" + std::to_string(trial.reply.status) + R"(,"content_type":)" +
        quoted(trial.reply.content_type) + R"(,"body":)" + quoted(trial.reply.body, kBodyMax) + "}}";
  return to;
}

}  // namespace webhook
