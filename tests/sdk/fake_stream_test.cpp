#include <doctest/doctest.h>

#include <cstring>
#include <sbx/testing/fake_host.hpp>
#include <sbx/testing/fake_stream.hpp>
#include <string>

using sbx::kSecondNs;
using sbx::testing::FakeHost;
using sbx::testing::FakeStream;

TEST_CASE("a stream: dialled, opened, fed, full, drained, closed once, then stale") {
  struct Peer {
    std::string happened;
    static Peer &at(void *p) { return *static_cast<Peer *>(p); }
    static void open(void *p, sbx_id) noexcept { at(p).happened += "open "; }
    static void data(void *p, sbx_id, sbx_str b) noexcept { at(p).happened += std::string(sbx::view(b)) + " "; }
    static void drain(void *p, sbx_id) noexcept { at(p).happened += "drain "; }
    static void close(void *p, sbx_id, sbx_status why, sbx_str text) noexcept {
      at(p).happened += "close " + std::to_string(why) + " " + std::string(sbx::view(text)) + " ";
    }
  } peer;
  FakeHost host;
  auto &net = host.part<FakeStream>();
  const auto *stream = sbx::Host(host.get()).service<sbx_stream>();
  REQUIRE(stream);
  sbx_stream_events on{sizeof on, 0, Peer::open, Peer::data, Peer::drain, Peer::close};
  sbx_dial d{};
  d.size = sizeof d;
  d.url = sbx::raw("tcp://h:1");

  sbx_id id = stream->dial(host.get(), &d, &on, &peer);
  std::memset(&on, 0, sizeof on);  // R1: it was only lent
  CHECK(stream->send(host.get(), id, sbx::raw("early")) == SBX_ESTATE);
  net.open(id);
  CHECK(stream->send(host.get(), id, sbx::raw("hi")) == SBX_OK);
  net[id].full = true;
  CHECK(stream->send(host.get(), id, sbx::raw("ho")) == SBX_FULL);
  CHECK(net[id].sent == "hiho");
  net.drain(id);
  stream->set_reading(host.get(), id, 0);
  net.feed(id, "one");
  CHECK(peer.happened == "open drain ");
  stream->set_reading(host.get(), id, 1);
  host.turn();
  stream->close(host.get(), id);
  CHECK(peer.happened == "open drain one ");  // on_close comes in a later turn
  CHECK(stream->send(host.get(), id, sbx::raw("late")) == SBX_ESTALE);
  net.feed(id, "late");
  host.turn();
  net.drop(id);
  CHECK(peer.happened == "open drain one close 0 closed ");

  on = {sizeof on, 0, Peer::open, Peer::data, Peer::drain, Peer::close};
  peer.happened.clear();
  stream->dial(host.get(), &d, &on, &peer);
  net.drop(net.newest(), SBX_EREFUSED, "connection refused");
  CHECK(peer.happened == "close " + std::to_string(SBX_EREFUSED) + " connection refused ");
  peer.happened.clear();
  stream->dial(host.get(), &d, &on, &peer);
  host.advance(11 * kSecondNs);
  CHECK(peer.happened == "close " + std::to_string(SBX_ETIMEOUT) + " timed out while connecting ");
}
