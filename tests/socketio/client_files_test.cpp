#include <doctest/doctest.h>

#include <memory>

#include "tests/socketio/server.hpp"

namespace {

// Assets must be there before the instance is made.
struct Site {
  sbx::testing::FakeHost host;
  sbx::testing::FakeHttp &http = host.part<sbx::testing::FakeHttp>();
  std::unique_ptr<sbx::testing::Plugin> plugin;
  explicit Site(const std::string &more) {
    host.part<sbx::testing::FakeFanout>();
    host.assets["socketio/v4/socket.io.js"] = "four";
    host.assets["socketio/v4/socket.io.min.js"] = "4";
    host.assets["socketio/v2/socket.io.js"] = "two";
    plugin = std::make_unique<sbx::testing::Plugin>(host, sbx_module_v1_socketio(0)->plugins[0],
                                                    R"({"listener":"p","broadcast_to_everyone":true)" + more + "}");
    plugin->start();
  }
  sbx_id ask(const char *path, std::string_view etag = {}, const char *method = "GET") {
    sbx::testing::Request r;
    r.path = path;
    r.method = method;
    if (!etag.empty()) r.headers = {{"if-none-match", std::string(etag)}};
    return http.request(r);
  }
};

}  // namespace

TEST_CASE("the client's script is served as a Node server does") {
  Site s("");
  const sbx_id id = s.ask("/socket.io/socket.io.js");
  CHECK(s.http[id].status == 200);
  CHECK(s.http[id].body == "four");
  CHECK(s.http[id].header("content-type") == "application/javascript; charset=utf-8");
  CHECK(s.http[id].header("cache-control") == "public, max-age=0");
  const std::string etag = s.http[id].header("etag");
  CHECK(s.http[s.ask("/socket.io/socket.io.min.js")].body == "4");
  CHECK(s.http[s.ask("/socket.io/socket.io.min.js")].header("etag") != etag);
  for (const std::string &tag : {etag, "W/" + etag, "\"x\", " + etag}) {
    const sbx_id again = s.ask("/socket.io/socket.io.js", tag);
    CHECK(s.http[again].status == 304);
    CHECK(s.http[again].body.empty());
  }
  CHECK(s.http[s.ask("/socket.io/socket.io.js", "\"other\"")].status == 200);
  CHECK(s.http[s.ask("/socket.io/socket.io.js", "", "POST")].status == 405);
}

TEST_CASE("its version can be chosen, and none") {
  CHECK(Site(R"(,"client":2)").http.requests() == 0);
  Site two(R"(,"client":2)");
  CHECK(two.http[two.ask("/socket.io/socket.io.js")].body == "two");
  Site none(R"(,"client":false)");
  CHECK(none.http[none.ask("/socket.io/socket.io.js")].status == 404);
}

TEST_CASE("a script that is not installed is a plain sentence and one line in the log") {
  Site s(R"(,"client":2)");
  for (int i = 0; i < 3; ++i) {
    const sbx_id id = s.ask("/socket.io/socket.io.min.js");
    CHECK(s.http[id].status == 404);
    CHECK(s.http[id].body.find("scripts/setup") != std::string::npos);
  }
  CHECK(s.host.logged("not installed") == 1);
}
