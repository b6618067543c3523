#include <doctest/doctest.h>

#include <sbx/testing/fake_log.hpp>

#include "plugins/sinks/socketio/kept.hpp"

using namespace socketio;

namespace {

KeptChannel channel(uint64_t op, uint64_t begin, uint64_t live) {
  KeptChannel c;
  c.op = op;
  c.begin = {1, begin};
  c.live = {1, live};
  c.begun = c.joined = true;
  c.is_live = live != 0;
  return c;
}

}  // namespace

TEST_CASE("an offset is written and read again, and what is none is not read") {
  sbx::testing::FakeHost host;
  host.part<sbx::testing::FakeLog>();
  const sbx::Host h(host.get());
  const Cursors cursors(h, h.service<sbx_log>());
  const Offset plain{{7, 9}}, replayed{{UINT64_MAX, UINT64_MAX}, 12, UINT64_MAX};
  CHECK(cursors.parse_offset(cursors.offset_text(plain)) == plain);
  CHECK(cursors.parse_offset(cursors.offset_text(replayed)) == replayed);
  CHECK(cursors.offset_text(replayed).size() <= SBX_CURSOR_MAX);
  const std::string cursor = cursors.text({7, 9});
  for (const std::string &odd :
       {std::string(), std::string("x"), cursor + ".", cursor + ".1", cursor + ".0.1", cursor + ".1.", cursor + ".01.2",
        cursor + ".1.2.3", cursor + ".1.99999999999999999999", cursor + std::string(50, '1')})
    CHECK_FALSE_MESSAGE(cursors.parse_offset(odd).has_value(), odd);
}

TEST_CASE("from where a channel is needed follows from the client's offset and the channel's operation") {
  const Kept kept;
  const KeptChannel c = channel(2, 40, 100), replaying = channel(2, 40, 0);
  const auto since = [&](const KeptChannel &which, Offset offset) { return kept.since(which, offset).seq; };
  CHECK(kept.since(c, std::nullopt).seq == 40);
  CHECK(since(c, {{1, 90}}) == 40);    // a live event from before it was joined
  CHECK(since(c, {{1, 100}}) == 40);   // the last of those
  CHECK(since(c, {{1, 101}}) == 101);  // a live event behind its replay
  CHECK(since(replaying, {{1, 500}}) == 40);
  CHECK(since(c, {{1, 90}, 2, 0}) == 40);  // of its own replay
  CHECK(since(c, {{1, 90}, 2, 60}) == 60);
  CHECK(since(c, {{1, 110}, 3, 0}) == 110);  // of a later one
  CHECK(since(c, {{1, 110}, 3, 50}) == 110);
  CHECK(since(c, {{1, 110}, 3, 120}) == 120);
  CHECK(since(c, {{1, 30}, 1, 20}) == 40);  // of an earlier one
  CHECK(kept.since(c, Offset{{9, 1}}) == Place{9, 1});
}

TEST_CASE("a confirmed place moves what is live, and nothing else") {
  Kept kept;
  kept.channels = {channel(1, 10, 20), channel(2, 30, 0), channel(3, 30, 40)};
  kept.confirm(2, {1, 50});
  CHECK(kept.channels[0].begin.seq == 50);
  CHECK(kept.channels[1].begin.seq == 30);
  CHECK(kept.channels[2].begin.seq == 30);
}
