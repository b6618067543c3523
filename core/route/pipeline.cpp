#include "core/route/pipeline.hpp"

#include "core/base/limits.hpp"

namespace signalbox {

EventEnds::EventEnds(Metrics &metrics, std::string pipeline)
    : metrics_(metrics),
      pipeline_(std::move(pipeline)),
      routed_(make("routed", "", "")),
      queue_full_(make("dropped", "queue", "queue_full")),
      mailbox_full_(make("dropped", "queue", "mailbox_full")),
      duplicate_(make("duplicate", "log", "")),
      log_full_(make("dropped", "log", "queue_full")),
      not_durable_(make("dropped", "log", "not_durable")) {}

Counter EventEnds::make(std::string_view end, std::string_view by, std::string_view reason) {
  return metrics_.counter(
      "signalbox_events_total", "Events by how they ended.",
      {{"pipeline", pipeline_}, {"end", std::string(end)}, {"by", std::string(by)}, {"reason", std::string(reason)}});
}

void EventEnds::ended(std::string_view end, std::string_view by, std::string_view reason) {
  std::string words;
  words.append(end).append(1, '\n').append(by).append(1, '\n').append(reason);
  auto it = by_words_.find(words);
  if (it == by_words_.end()) {
    // A filter that invents words without end gets one series for all further ones.
    if (by_words_.size() >= limits::kReasonsPerInstanceMax) reason = "other";
    it = by_words_.emplace(std::move(words), make(end, by, reason)).first;
    if (by_words_.size() > 2 * limits::kReasonsPerInstanceMax) {
      Counter other = it->second;
      by_words_.erase(it);
      return other.add();
    }
  }
  it->second.add();
}

}  // namespace signalbox
