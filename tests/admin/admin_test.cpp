#include "core/admin/admin.hpp"

#include <doctest/doctest.h>

using namespace signalbox;

namespace {

struct State : AdminState {
  bool alive = true;
  std::vector<std::string> reasons;
  bool healthy() const override { return alive; }
  std::vector<std::string> not_ready() const override { return reasons; }
  std::string metrics_text() const override { return "# TYPE a counter\na 1\n"; }
};

}  // namespace

TEST_CASE("health is ok in one word, or 503") {
  State state;
  CHECK(respond("GET", "/healthz", state).status == 200);
  CHECK(respond("GET", "/healthz", state).body == "ok");
  state.alive = false;
  CHECK(respond("GET", "/healthz", state).status == 503);
}

TEST_CASE("readiness gives its reasons, one a line") {
  State state;
  CHECK(respond("GET", "/readyz", state).status == 200);
  state.reasons = {"source laravel is not connected to redis", "server said \"no\"\nand more"};
  const AdminResponse answer = respond("GET", "/readyz", state);
  CHECK(answer.status == 503);
  CHECK(answer.body == "source laravel is not connected to redis\nserver said \"no\"\\nand more\n");
}

TEST_CASE("not ready is not unhealthy: a supervisor must not restart for it") {
  State state;
  state.reasons = {"draining"};
  CHECK(respond("GET", "/healthz", state).status == 200);
}

TEST_CASE("metrics have the type that Prometheus asks for") {
  const AdminResponse answer = respond("GET", "/metrics", State{});
  CHECK(answer.content_type == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(answer.body == "# TYPE a counter\na 1\n");
}

TEST_CASE("the index links every page relative to itself") {
  const AdminResponse answer = respond("GET", "/", State{});
  CHECK(answer.content_type == "text/html; charset=utf-8");
  for (const char *page : {"healthz", "readyz", "metrics"}) {
    CHECK(answer.body.find("href=\"" + std::string(page) + "\"") != std::string::npos);
    CHECK(respond("GET", "/" + std::string(page), State{}).status == 200);
  }
}

TEST_CASE("only reading is allowed, and only of what there is") {
  State state;
  CHECK(respond("HEAD", "/metrics", state).status == 200);
  const AdminResponse refused = respond("POST", "/healthz", state);
  CHECK(refused.status == 405);
  CHECK(refused.allow == "GET, HEAD");
  for (const char *path : {"", "/health", "/healthz/", "/../healthz", "//", "/metrics/x"}) {
    CAPTURE(path);
    CHECK(respond("GET", path, state).status == 404);
  }
}
