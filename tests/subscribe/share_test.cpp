// fanout.share and fanout.post_shared as the host offers them.
#include <doctest/doctest.h>

#include "tests/subscribe/rig.hpp"

namespace signalbox::testing {
namespace {

struct Fixture {
  Rig rig;
  Ear &ear = rig.ear();
  sbx_id one = ear.member(), other = ear.member();

  sbx_id share(std::string text) {
    const sbx_str part{text.data(), text.size()};
    sbx_frame frame{};
    frame.size = sizeof frame;
    frame.parts = &part;
    frame.part_count = 1;
    const sbx_id id = ear.fanout().share(ear.host, &frame);
    text.assign(text.size(), '?');  // R1: it was lent
    return id;
  }
  sbx_status post(sbx_id to, sbx_id shared) { return ear.fanout().post_shared(ear.host, to, shared); }
  // The frames that wait for a member.
  std::vector<Frame *> waiting(sbx_id id) {
    const auto frames = rig.lane().fanout.find(id)->outbox().frames();
    return {frames.begin(), frames.end()};
  }
};
using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(Fixture, "two members get the very same frame of what is shared") {
  const sbx_id shared = share("hello");
  CHECK(post(one, shared) == SBX_OK);
  CHECK(post(other, shared) == SBX_OK);
  REQUIRE(waiting(one).size() == 1);
  CHECK(waiting(one) == waiting(other));
  CHECK(ear.take(one) == Texts{"hello"});
  rig.turn();
  CHECK(ear.take(other) == Texts{"hello"});  // what was queued stays
}

TEST_CASE_FIXTURE(Fixture, "what was shared is stale in the next turn, and so is who is gone") {
  const sbx_id shared = share("a");
  ear.drop(other);
  CHECK(post(other, shared) == SBX_ESTALE);
  CHECK(post(one, shared + 1) == SBX_ESTALE);
  CHECK(post(one, 0) == SBX_ESTALE);
  rig.turn();
  CHECK(post(one, shared) == SBX_ESTALE);
  const sbx_id next = share("b");
  CHECK(post(one, shared) == SBX_ESTALE);
  CHECK(post(one, next) == SBX_OK);
  CHECK(ear.take(one) == Texts{"b"});
}

TEST_CASE_FIXTURE(Fixture, "an instance does not find what another one shared") {
  RigOptions options;
  options.lanes = 2;
  Rig two(options);
  const std::string text = "a";
  const sbx_str part{text.data(), text.size()};
  sbx_frame frame{};
  frame.size = sizeof frame;
  frame.parts = &part;
  frame.part_count = 1;
  const sbx_id shared = two.ear(0).fanout().share(two.ear(0).host, &frame);
  CHECK(shared != 0);
  CHECK(two.ear(1).fanout().post_shared(two.ear(1).host, two.ear(1).member(), shared) == SBX_ESTALE);
}

TEST_CASE_FIXTURE(Fixture, "no frame is no shared frame") { CHECK(ear.fanout().share(ear.host, nullptr) == 0); }

}  // namespace signalbox::testing
