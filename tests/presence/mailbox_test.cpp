// What a lane that does not keep up must not lose.
#include <doctest/doctest.h>

#include <string>

#include "core/route/mailbox.hpp"

namespace signalbox {
namespace {

struct Fixture {
  Metrics metrics;
  Mailbox::Pipelines pipelines;
  Pipeline &pipeline = add();
  Mailbox mailbox{0, pipelines};
  uint64_t seq = 0;

  Pipeline &add() {
    pipelines.push_back(std::make_unique<Pipeline>(metrics, "a", 1));
    pipelines[0]->sinks[0] = {nullptr};
    pipelines[0]->queue.events = 2;
    return *pipelines[0];
  }
  void put_event(EventPtr event) {
    const LogEntry entry{Event::placed(std::move(event), {1, ++seq}, 0), 0};
    mailbox.put({&entry, 1}, seq);
  }
  void put(const std::string &data, uint32_t flags = 0) {
    sbx_event e{};
    e.size = sizeof e;
    e.flags = flags;
    e.channel = {"c", 1};
    e.data = {data.data(), data.size()};
    put_event(Event::copy(e, 0).take());
  }
  void put_joining(const std::string &who) { put_event(Event::presence("joining", "c", 0, {who, who})); }
  std::string taken() {
    Mail mail;
    mailbox.take(mail);
    std::string words;
    for (const LogEntry &entry : mail.events)
      if (entry.event) words += std::string(text(entry.event->view().data)) + " ";
    return words + (mail.losses.empty() ? "" : "| gap");
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "changes of presence are never dropped and take no room from the events") {
  pipeline.queue.drop_oldest = true;
  put_joining("li");
  for (const char *data : {"1", "2", "3"}) put(data);
  put_joining("bo");
  put("4");
  CHECK(taken() == "li 3 bo 4 | gap");
}

TEST_CASE_FIXTURE(Fixture, "a full queue that refuses new events takes changes of presence") {
  pipeline.queue.drop_oldest = false;
  for (const char *data : {"1", "2", "3"}) put(data);
  put_joining("li");
  CHECK(taken() == "1 2 li | gap");
}

TEST_CASE_FIXTURE(Fixture, "changes of presence reach lanes without a sink, too") {
  pipeline.sinks[0].clear();
  put("1");
  put_joining("li");
  CHECK(taken() == "li ");
}

TEST_CASE_FIXTURE(Fixture, "the loss of a transient event is counted and no gap") {
  pipeline.queue.drop_oldest = false;
  for (const char *data : {"1", "2", "3"}) put(data, SBX_EVENT_TRANSIENT);
  CHECK(taken() == "1 2 ");
}

}  // namespace signalbox
