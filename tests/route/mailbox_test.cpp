#include <doctest/doctest.h>

#include <string>

#include "core/route/mailbox.hpp"
#include "core/route/sequencer.hpp"

namespace signalbox {
namespace {

struct Fixture {
  Metrics metrics;
  Pipeline a{metrics, "a", 2}, b{metrics, "b", 2};
  Mailbox mailbox;

  Placed event(Pipeline &pipeline, const std::string &data) {
    sbx_event e{};
    e.size = sizeof e;
    e.channel = {"c", 1};
    e.data = {data.data(), data.size()};
    return {Event::copy(e, 0).take(), &pipeline};
  }
  std::string taken() {
    std::deque<Placed> all;
    mailbox.take(all);
    std::string words;
    for (Placed &p : all)
      if (p.event) words += std::string(text(p.event->view().data)) + " ";
    return words;
  }
  std::string metric(const std::string &line) {
    std::string all;
    metrics.render(all);
    const size_t at = all.find(line);
    return at == all.npos ? "none" : all.substr(at + line.size() + 1, all.find('\n', at) - at - line.size() - 1);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a mailbox gives back what was put, in order, and wakes once") {
  CHECK(mailbox.put(event(a, "1")));
  CHECK_FALSE(mailbox.put(event(b, "2")));
  CHECK_FALSE(mailbox.put(event(a, "3")));
  CHECK(taken() == "1 2 3 ");
  CHECK(taken().empty());
  CHECK(mailbox.put(event(a, "4")));
}

TEST_CASE_FIXTURE(Fixture, "a full mailbox loses the oldest of the pipeline that fills it, and counts them") {
  a.queue.events = 2;
  for (const char *data : {"1", "2"}) mailbox.put(event(a, data));
  mailbox.put(event(b, "b"));
  for (const char *data : {"3", "4"}) mailbox.put(event(a, data));
  CHECK(taken() == "b 3 4 ");
  CHECK(metric(R"(signalbox_events_total{by="queue",end="dropped",pipeline="a",reason="mailbox_full"})") == "2");
  CHECK(metric(R"(signalbox_events_total{by="queue",end="dropped",pipeline="b",reason="mailbox_full"})") == "0");
  for (const char *data : {"5", "6"}) mailbox.put(event(a, data));
  CHECK(taken() == "5 6 ");
}

TEST_CASE_FIXTURE(Fixture, "with drop_newest the new event is the one that goes") {
  a.queue.events = 2;
  a.queue.drop_oldest = false;
  for (const char *data : {"1", "2", "3"}) mailbox.put(event(a, data));
  CHECK(taken() == "1 2 ");
}

TEST_CASE_FIXTURE(Fixture, "bytes are limited as well, but one event always fits") {
  a.queue.bytes = 1000;
  mailbox.put(event(a, std::string(5000, 'x')));
  mailbox.put(event(a, "small"));
  CHECK(taken() == "small ");
}

TEST_CASE_FIXTURE(Fixture, "a mailbox that nobody empties does not grow by what it dropped") {
  a.queue.events = 1;
  for (int i = 0; i < 10'000; ++i) mailbox.put(event(a, std::to_string(i)));
  std::deque<Placed> all;
  mailbox.take(all);
  CHECK(all.size() <= 2);
  CHECK(text(all.back().event->view().data) == "9999");
}

TEST_CASE_FIXTURE(Fixture, "the sequencer gives every lane the same order and wakes only other lanes") {
  Instance *some_sink = reinterpret_cast<Instance *>(this);  // only its being there counts
  a.sinks = {{some_sink}, {some_sink}};
  b.sinks = {{}, {some_sink}};
  Mailbox second;
  std::string woken;
  Sequencer sequencer(77, {&mailbox, &second}, [&](unsigned lane) { woken += std::to_string(lane); });
  std::vector<Placed> events;
  events.push_back(event(a, "1"));
  events.push_back(event(b, "2"));
  events.push_back(event(a, "3"));
  sequencer.place(events, 0);
  CHECK(events.empty());
  CHECK(woken == "1");
  std::deque<Placed> of_second;
  second.take(of_second);
  REQUIRE(of_second.size() == 3);
  for (uint64_t i = 0; i < 3; ++i) {
    CHECK(of_second[i].event->view().seq == i + 1);
    CHECK(of_second[i].event->view().epoch == 77);
  }
  CHECK(taken() == "1 3 ");  // lane 0 has no sink of b
}

}  // namespace signalbox
