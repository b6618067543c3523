#include <doctest/doctest.h>

#include <string>

#include "core/route/mailbox.hpp"
#include "tests/route/metric_text.hpp"

namespace signalbox {
namespace {

struct Fixture {
  Metrics metrics;
  Mailbox::Pipelines pipelines;
  Pipeline &a = add("a"), &b = add("b");
  Mailbox mailbox{0, pipelines};
  uint64_t seq = 0;

  // Whoever is in sinks[0] is not asked anything here: a mailbox only looks whether there is somebody.
  Pipeline &add(const std::string &name) {
    pipelines.push_back(std::make_unique<Pipeline>(metrics, name, 2));
    pipelines.back()->scope = static_cast<uint32_t>(pipelines.size() - 1);
    pipelines.back()->sinks[0] = {nullptr};
    return *pipelines.back();
  }
  bool put(Pipeline &pipeline, const std::string &data, const std::string &channel = "c") {
    sbx_event e{};
    e.size = sizeof e;
    e.channel = {channel.data(), channel.size()};
    e.data = {data.data(), data.size()};
    const LogEntry entry{Event::placed(Event::copy(e, 0).take(), {1, ++seq}, pipeline.scope), pipeline.scope};
    return mailbox.put({&entry, 1}, seq);
  }
  // "data data ... | lost channels @ position"
  std::string taken() {
    Mail mail;
    mailbox.take(mail);
    std::string words;
    for (LogEntry &entry : mail.events)
      if (entry.event) words += std::string(text(entry.event->view().data)) + " ";
    for (const auto &[scope, channel] : mail.losses) words += "| " + pipelines[scope]->name + ":" + channel + " ";
    return words + "@ " + std::to_string(mail.position);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a mailbox gives back what was put, in order, with its place in the log, and wakes once") {
  CHECK(put(a, "1"));
  CHECK_FALSE(put(b, "2"));
  CHECK_FALSE(put(a, "3"));
  CHECK(taken() == "1 2 3 @ 3");
  CHECK(taken() == "@ 3");
  CHECK(put(a, "4"));
}

TEST_CASE_FIXTURE(Fixture, "what no sink of the lane wants moves its place on and wakes nobody") {
  a.sinks[0].clear();
  CHECK_FALSE(put(a, "1"));
  CHECK(taken() == "@ 1");
}

TEST_CASE_FIXTURE(Fixture,
                  "a full mailbox loses the oldest of the pipeline that fills it, counts them and names the channel") {
  a.queue.events = 2;
  for (const char *data : {"1", "2"}) put(a, data, std::string("c") + data);
  put(b, "b");
  for (const char *data : {"3", "4"}) put(a, data);
  CHECK(taken() == "b 3 4 | a:c1 | a:c2 @ 5");
  CHECK(metric_text(metrics,
                    R"(signalbox_events_total{by="queue",end="dropped",pipeline="a",reason="mailbox_full"})") == "2");
  CHECK(metric_text(metrics,
                    R"(signalbox_events_total{by="queue",end="dropped",pipeline="b",reason="mailbox_full"})") == "0");
  for (const char *data : {"5", "6"}) put(a, data);
  CHECK(taken() == "5 6 @ 7");
}

TEST_CASE_FIXTURE(Fixture, "a mailbox that drops the newest names what it did not take") {
  a.queue.events = 1;
  a.queue.drop_oldest = false;
  put(a, "1");
  put(a, "2");
  CHECK(taken() == "1 | a:c @ 2");
}

TEST_CASE_FIXTURE(Fixture, "a mailbox that nobody empties stays small, also behind an event of another pipeline") {
  a.queue.events = b.queue.events = 10;
  put(b, "first");
  for (int i = 0; i < 100'000; ++i) put(a, std::to_string(i));
  put(b, "last");
  Mail mail;
  mailbox.take(mail);
  CHECK(mail.events.size() < 4096);
  std::string left;
  for (const LogEntry &entry : mail.events)
    if (entry.event) left += std::string(text(entry.event->view().data)) + " ";
  CHECK(left == "first 99990 99991 99992 99993 99994 99995 99996 99997 99998 99999 last ");
  for (int i = 0; i < 12; ++i) put(a, std::to_string(i));
  CHECK(taken() == "2 3 4 5 6 7 8 9 10 11 | a:c @ " + std::to_string(seq));
}

}  // namespace signalbox
