#include "core/admin/replay_pages.hpp"

#include <doctest/doctest.h>

#include <tuple>

using namespace signalbox;

namespace {

constexpr int64_t kNow = 1'763'890'200'000'000'000;

struct Desk final : ReplayDesk {
  ReplayStart begin(const ReplayOrder &wanted) override {
    order = wanted;
    return {answer, 7};
  }
  std::optional<ReplayProgress> progress(uint64_t number) const override {
    return number == 7 ? std::optional(told) : std::nullopt;
  }
  int64_t wall_ns() const override { return kNow; }

  ReplayStart::Answer answer = ReplayStart::Answer::begun;
  std::optional<ReplayOrder> order;
  ReplayProgress told;
};

AdminResponse post(Desk &desk, std::string_view query) {
  return respond_to_replay({"POST", "/replay", query, "replay"}, desk);
}

}  // namespace

TEST_CASE("a replay is begun with what the query says") {
  Desk desk;
  const AdminResponse answer = post(desk, "source=my%20shop&since=2h&until=1763890000.5&id=evt_%26&dry_run=1&rate=50");
  CHECK(answer.status == 202);
  CHECK(answer.body == "{\"replay\":7}\n");
  REQUIRE(desk.order);
  CHECK(desk.order->source == "my shop");
  CHECK(desk.order->since_ns == kNow - 7'200'000'000'000);
  CHECK(desk.order->until_ns == 1'763'890'000'500'000'000);
  CHECK(desk.order->id == "evt_&");
  CHECK(desk.order->dry_run);
  CHECK(desk.order->per_second == 50);
}

TEST_CASE("what is not said is up to now, everything for real, 200 a second") {
  Desk desk;
  CHECK(post(desk, "source=shop&id=e").status == 202);
  CHECK(desk.order->since_ns == 0);
  CHECK(desk.order->until_ns == kNow);
  CHECK_FALSE(desk.order->dry_run);
  CHECK(desk.order->per_second == 200);
}

TEST_CASE("a query that does not say enough, or says something else, begins nothing") {
  Desk desk;
  for (const char *query : {"", "source=shop", "since=2h", "source=&since=2h", "source=shop&until=2h",
                            "source=shop&since=", "source=shop&since=soon", "source=shop&since=2h&rate=0",
                            "source=shop&since=2h&rate=10001", "source=shop&since=2h&rate=-1",
                            "source=shop&since=2h&rat=1", "source=shop&since=2h&id=%zz", "source=shop&since=2h&"}) {
    CAPTURE(query);
    CHECK(post(desk, query).status == 400);
    CHECK_FALSE(desk.order);
  }
  CHECK(respond_to_replay({"POST", "/replay", "source=shop&since=2h", "replay", false, true}, desk).status == 400);
  CHECK_FALSE(desk.order);
}

TEST_CASE("whatever a web page could send gets one and the same answer") {
  Desk desk;
  const ReplayRequest bad[] = {{"POST", "/replay", "source=shop&since=2h", ""},
                               {"POST", "/replay", "source=shop&since=2h", "Replay"},
                               {"POST", "/replay", "source=shop&since=2h", "replay", true},
                               {"GET", "/replay/7", "", ""},
                               {"GET", "/replay/7", "", "replay", true},
                               {"GET", "/replay/8", "", ""},
                               {"DELETE", "/replay", "", ""}};
  for (const ReplayRequest &request : bad) {
    const AdminResponse answer = respond_to_replay(request, desk);
    CHECK(answer.status == 403);
    CHECK(answer.body == "{\"error\":\"this page is for the command signalbox replay\"}\n");
    CHECK_FALSE(desk.order);
  }
}

TEST_CASE("why no replay begins is said in words") {
  using Answer = ReplayStart::Answer;
  const std::tuple<Answer, int, const char *> all[] = {{Answer::busy, 409, "another replay"},
                                                       {Answer::unknown, 404, "no source \\\"shop\\\""},
                                                       {Answer::keeps_nothing, 422, "keep_raw"},
                                                       {Answer::no_store, 422, "store.path"},
                                                       {Answer::stopping, 503, "shutting down"}};
  for (const auto &[answer, status, words] : all) {
    Desk desk;
    desk.answer = answer;
    const AdminResponse said = post(desk, "source=shop&since=2h");
    CHECK(said.status == status);
    CHECK(said.body.find(words) != std::string::npos);
  }
}

TEST_CASE("progress is told as JSON until somebody else's replay begins") {
  Desk desk;
  desk.told = {true, 5, 3, 2, 4, "the \"disk\" is gone"};
  const auto get = [&](std::string_view path) { return respond_to_replay({"GET", path, "", "replay"}, desk); };
  CHECK(get("/replay/7").body ==
        "{\"ended\":true,\"found\":5,\"routed\":3,\"failed\":2,\"events\":4,"
        "\"error\":\"the \\\"disk\\\" is gone\"}\n");
  for (const char *path : {"/replay/8", "/replay/x", "/replay/", "/replay/7/", "/replay/99999999999999999999"})
    CHECK(get(path).status == 404);
  const AdminResponse wrong = respond_to_replay({"PUT", "/replay", "", "replay"}, desk);
  CHECK(wrong.status == 405);
  CHECK(wrong.allow == "POST");
  CHECK(get("/replay").status == 405);
  CHECK(is_replay_page("/replay"));
  CHECK_FALSE(is_replay_page("/replays"));
}
