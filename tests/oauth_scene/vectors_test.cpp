// The webhook source's own test requests of an official account, at this source's door: what its engine refuses is
// refused here, and what it takes is answered as the provider wants it.
#include "tests/webhook_engine/vectors.hpp"
#include "tests/oauth_scene/scene_fixture.hpp"

using namespace scene_test;

TEST_CASE("every vector of encrypted pushes is answered by its verdict") {
  SceneFixture f;
  const auto &keys = webhook_test::all_vectors()["keys"]["wechat_mp"];
  f.provider.scene_secrets = {keys["token"], keys["appid"], keys["encoding_aes_key"], "Shop"};
  const auto scene = f.make();
  REQUIRE(scene);
  size_t taken = 0, refused = 0;
  for (const auto &v : webhook_test::all_vectors()["vectors"]) {
    if (v["provider"] != "wechat-mp-aes") continue;
    const std::string id = v["id"];
    CAPTURE(id);
    const webhook::CallbackRequest sent = webhook_test::request_of(v["request"]);
    const Head head(sent.method, sent.query, sent.headers);
    const oauth::Answer answer = scene->push(head.request, sent.body, webhook_test::kNow * sbx::kSecondNs);
    if (v["expect"] == "reject") {
      ++refused;
      CHECK(answer.status >= 400);
      CHECK(answer.body.empty());
    } else {
      ++taken;
      CHECK(answer.status == 200);
      CHECK(answer.body == "success");
    }
  }
  CHECK(taken >= 2);
  CHECK(refused >= 2);
}
