// sbx::SharedFrames over the fake fan-out.
#include <sbx/shared_frames.hpp>

#include <doctest/doctest.h>

#include <sbx/testing/fake_fanout.hpp>
#include <string>
#include <vector>

using sbx::testing::FakeFanout;
using sbx::testing::FakeHost;

namespace {

struct Scene {
  FakeHost host;
  FakeFanout &fanout = host.part<FakeFanout>();
  sbx::SharedFrames shared{sbx::Host(host.get())};
  const sbx_fanout *calls = sbx::Host(host.get()).service<sbx_fanout>();
  sbx_id one = member(), other = member();
  int made = 0;

  sbx_id member() {
    static const sbx_member_events kNone{sizeof kNone, 0, nullptr, nullptr};
    return sbx::Host(host.get()).service<sbx_fanout>()->member(host.get(), &kNone, nullptr);
  }
  static sbx_event event(uint64_t seq, uint32_t flags = 0) {
    sbx_event e{};
    e.size = sizeof e;
    e.seq = seq;
    e.flags = flags;
    return e;
  }
  sbx_status post(sbx_id to, const sbx_event &e, const std::string &text, sbx::SharedFrames::Form form = {}) {
    return shared.post(to, e, form, [&](auto &&use) {
      ++made;
      const sbx_str part = sbx::raw(text);
      sbx_frame frame{};
      frame.size = sizeof frame;
      frame.parts = &part;
      frame.part_count = 1;
      use(&frame);
    });
  }
  std::vector<std::string> take(sbx_id id) {
    std::vector<std::string> out;
    calls->take(
        host.get(), id, SIZE_MAX,
        [](void *into, const sbx_frame *f) noexcept {
          static_cast<std::vector<std::string> *>(into)->emplace_back(sbx::view(f->parts[0]));
        },
        &out);
    return out;
  }
};
using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(Scene, "an event is encoded once for all who get it in a turn, and anew in the next one") {
  CHECK(post(one, event(1), "a") == SBX_OK);
  CHECK(post(other, event(1), "not asked for") == SBX_OK);
  CHECK(made == 1);
  host.turn();
  CHECK(post(one, event(1), "b") == SBX_OK);
  CHECK(made == 2);
  CHECK(take(one) == Texts{"a", "b"});
  CHECK(take(other) == Texts{"a"});
}

TEST_CASE_FIXTURE(Scene, "another event, encoding or place is another frame") {
  post(one, event(1), "a");
  post(one, event(2), "b");
  post(one, event(1), "c", {1, 0});
  post(one, event(1), "d", {1, 7});
  post(one, event(1), "no", {1, 7});
  CHECK(take(one) == Texts{"a", "b", "c", "d", "d"});
}

TEST_CASE_FIXTURE(Scene, "more events than there are places come out all the same") {
  Texts wanted;
  for (int round = 0; round < 2; ++round)
    for (uint64_t seq = 1; seq <= 3000; ++seq) {
      wanted.push_back(std::to_string(seq));
      CHECK(post(one, event(seq), wanted.back()) == SBX_OK);
    }
  CHECK(take(one) == wanted);
}

TEST_CASE_FIXTURE(Scene, "gaps, changes of presence and what has no place are not shared") {
  for (const sbx_event &e : {event(1, SBX_EVENT_GAP), event(1, SBX_EVENT_PRESENCE), event(0)}) {
    CHECK(post(one, e, "x") == SBX_OK);
    CHECK(post(one, e, "y") == SBX_OK);
  }
  CHECK(fanout.shares == 0);
  CHECK(take(one) == Texts{"x", "y", "x", "y", "x", "y"});
}

TEST_CASE_FIXTURE(Scene, "where there is no room, or no such host, it is posted") {
  fanout.shared_max = 1;
  post(one, event(1), "a");
  CHECK(post(one, event(2), "b") == SBX_OK);
  CHECK(post(one, event(2), "c") == SBX_OK);
  CHECK(take(one) == Texts{"a", "b", "c"});
  sbx_fanout old = *calls;
  old.size = static_cast<uint32_t>(offsetof(sbx_fanout, share));
  host.provide(SBX_FANOUT, &old);
  shared = sbx::SharedFrames(sbx::Host(host.get()));
  CHECK(post(one, event(3), "d") == SBX_OK);
  CHECK(post(one, event(3), "e") == SBX_OK);
  CHECK(fanout.shares == 1);
  CHECK(take(one) == Texts{"d", "e"});
}

TEST_CASE_FIXTURE(Scene, "what has nothing to say says so each time, and who is gone is stale") {
  for (int i = 0; i < 2; ++i) CHECK(shared.post(one, event(1), {}, [](auto &&) {}) == SBX_DROP);
  CHECK(post(one, event(1), "a") == SBX_OK);
  calls->drop(host.get(), other);
  CHECK(post(other, event(1), "b") == SBX_ESTALE);
  CHECK(post(other, event(2), "b") == SBX_ESTALE);
  CHECK(take(one) == Texts{"a"});
}
