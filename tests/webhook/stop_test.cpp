// How the source ends: nobody who was let in is left without an answer.
#include <doctest/doctest.h>

#include "publish_fixture.hpp"

using namespace webhook_test;

TEST_CASE("with nothing to do the source stops at once, and refuses what still comes") {
  Source s;
  s.plugin.stop();
  CHECK(s.host.stopped);
  const sbx_id id = s.send(kOne);
  CHECK(s.status(id) == 503);
  CHECK(s.code(id) == "stopping");
  CHECK(s.host.emitted.empty());
}

TEST_CASE("a request whose events are on their way is answered before the source stops") {
  Source s;
  const sbx_id id = s.send(kOne);
  s.plugin.stop();
  CHECK_FALSE(s.host.stopped);
  s.receipt(0, SBX_OK, "c1");
  CHECK(s.status(id) == 200);
  CHECK(s.host.stopped);
}

TEST_CASE("a request that is still being read is refused when the source stops") {
  Source s;
  const sbx_id id = s.http.begin(post(kOne));
  s.plugin.stop();
  CHECK(s.status(id) == 503);
  CHECK(s.host.stopped);
}

TEST_CASE("a client that leaves, or a deadline, lets the source stop as well") {
  Source gone;
  const sbx_id id = gone.send(kOne);
  gone.plugin.stop();
  gone.http.drop(id);
  CHECK(gone.host.stopped);

  Source late(json{{"deadline", 2000}});
  late.send(kOne);
  late.plugin.stop();
  late.host.advance(2 * sbx::kSecondNs);
  CHECK(late.host.stopped);
}
