// What slow readers are told, and what an accepted WebSocket is remembered by.
#include <doctest/doctest.h>

#include <sbx/testing/fake_fanout.hpp>
#include <string>
#include <string_view>
#include <vector>

using sbx::testing::FakeFanout;
using sbx::testing::FakeHost;
using sbx::testing::FakeHttp;

namespace {

struct Reader {
  explicit Reader(uint32_t policy, uint64_t bytes) {
    fanout.policy = policy;
    fanout.bytes_max = bytes;
    sbx_http_events on{};
    on.size = sizeof on;
    on.on_request = [](void *self, sbx_id id, const sbx_request *) noexcept {
      auto &r = *static_cast<Reader *>(self);
      sbx_ws_accept a{};
      a.size = sizeof a;
      a.flags = SBX_WS_DEFLATE;
      a.ping_ns = 2;
      a.pong_ns = 3;
      r.table(SBX_HTTP, static_cast<const sbx_http *>(nullptr))->accept_ws(r.host.get(), id, &a);
    };
    const sbx_mount m{sizeof m, 0, sbx::raw("public"), sbx::raw("/ws"), 0, 7};
    table(SBX_HTTP, static_cast<const sbx_http *>(nullptr))->mount(host.get(), &m, &on, this);
    ws = http.request({.path = "/ws", .ws = true});
    calls()->join(host.get(), ws, sbx::raw("g"));
    fanout.stall(ws);
  }
  template <class S>
  const S *table(const char *name, const S *) {
    return static_cast<const S *>(host.get()->service(host.get(), name));
  }
  const sbx_fanout *calls() { return table(SBX_FANOUT, static_cast<const sbx_fanout *>(nullptr)); }
  void publish(std::string_view text, std::string_view gap, std::string_view key = {}, uint32_t flags = 0) {
    const sbx_str part = sbx::raw(text);
    const sbx_frame f{sizeof f, flags, &part, nullptr, 1, sbx::raw(key), sbx::raw(gap)};
    calls()->publish(host.get(), sbx::raw("g"), &f, 0);
  }
  sbx_id share(std::string_view text) {
    const sbx_str part = sbx::raw(text);
    const sbx_frame f{sizeof f, 0, &part, nullptr, 1, {}, {}};
    return calls()->share(host.get(), &f);
  }
  std::vector<std::string> read() {
    fanout.stall(ws, false);
    std::vector<std::string> out;
    for (const auto &m : http[ws].received) out.push_back(m.data);
    return out;
  }

  FakeHost host;
  FakeHttp &http = host.part<FakeHttp>();
  FakeFanout &fanout = host.part<FakeFanout>();
  sbx_id ws = 0;
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a dropped frame leaves its gap in its place, equal neighbours once") {
  Reader r(SBX_OUTBOX_DROP_OLDEST, 12);
  r.publish("aaaa", "ga");
  r.publish("AAAA", "ga");
  r.publish("bbbb", "gb");
  r.publish("cccc", "");
  CHECK(r.read() == Texts{"ga", "bbbb", "cccc"});
  CHECK(r.fanout.dropped == 2);
}

TEST_CASE("a dropped frame without a gap leaves nothing; a control frame is not dropped") {
  Reader r(SBX_OUTBOX_DROP_OLDEST, 8);
  r.publish("control", "", "", SBX_FRAME_CONTROL);
  r.publish("a", "");
  r.publish("b", "gb");
  CHECK(r.read() == Texts{"control", "b"});
}

TEST_CASE("policy latest replaces what has the same key, and tells no gap for it") {
  Reader r(SBX_OUTBOX_LATEST, 100);
  r.publish("a1", "ga", "a");
  r.publish("b1", "gb", "b");
  r.publish("a2", "ga", "a");
  CHECK(r.read() == Texts{"b1", "a2"});
}

TEST_CASE("a mount and an accept are remembered with their heartbeats and compression") {
  Reader r(SBX_OUTBOX_DISCONNECT, 8);
  CHECK(r.http.mounts[0].unacked_ns == 7);
  CHECK(r.http[r.ws].ws_flags == SBX_WS_DEFLATE);
  CHECK(r.http[r.ws].ping_ns == 2);
  CHECK(r.http[r.ws].pong_ns == 3);
}

TEST_CASE("what is shared is posted until the turn is over, and then its id is stale") {
  Reader r(SBX_OUTBOX_DISCONNECT, 1000);
  const sbx_id shared = r.share("a");
  CHECK(r.calls()->post_shared(r.host.get(), r.ws, shared) == SBX_OK);
  CHECK(r.calls()->post_shared(r.host.get(), r.ws, shared) == SBX_OK);
  CHECK(r.calls()->post_shared(r.host.get(), r.ws + 1, shared) == SBX_ESTALE);
  CHECK(r.calls()->post_shared(r.host.get(), r.ws, shared + 1) == SBX_ESTALE);
  r.host.turn();
  CHECK(r.calls()->post_shared(r.host.get(), r.ws, shared) == SBX_ESTALE);
  const sbx_id next = r.share("b");
  CHECK(next != shared);
  CHECK(r.calls()->post_shared(r.host.get(), r.ws, next) == SBX_OK);
  CHECK(r.read() == Texts{"a", "a", "b"});
}

TEST_CASE("a turn has room for so many shared frames") {
  Reader r(SBX_OUTBOX_DISCONNECT, 1000);
  r.fanout.shared_max = 1;
  CHECK(r.share("a") != 0);
  CHECK(r.share("b") == 0);
  r.host.turn();
  CHECK(r.share("b") != 0);
}
