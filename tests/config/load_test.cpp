#include "core/config/load.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "core/config/core_schema.hpp"
#include "tests/config/fake_world.hpp"

namespace signalbox::config {
namespace {

std::optional<Model> loaded(const std::string &text, const char *file = "conf/t.yaml") {
  Diagnostics diagnostics;
  auto model = load(file, text, FakeCatalog(), fake_environment(), diagnostics);
  CHECK_MESSAGE(!diagnostics.failed(), diagnostics.text());
  return model;
}

std::string golden(const std::string &name) {
  std::ifstream in(std::string(SIGNALBOX_SOURCE_DIR) + "/tests/golden/config/" + name);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace

TEST_CASE("the core's own schema compiles") {
  Result<Schema> schema = compile(core_schema_json());
  REQUIRE_MESSAGE(schema.ok(), schema.message());
  CHECK(schema->property("pipelines") != nullptr);
}

TEST_CASE("a small file gets every default") {
  auto m = loaded(golden("good.yaml"));
  REQUIRE(m);
  CHECK(m->file == "conf/t.yaml");
  CHECK(m->lanes == 0);
  CHECK(m->shutdown_ms == 10'000);
  CHECK(m->log.level == LogLevel::info);
  CHECK_FALSE(m->admin);
  CHECK_FALSE(m->store.path);
  CHECK_FALSE(m->store.recover);
  CHECK(m->store.memory == 256u << 20);
  CHECK(m->store.size == uint64_t{10} << 30);
  CHECK(m->channels.empty());
  REQUIRE(m->listeners.size() == 1);
  const Listener &l = m->listeners[0];
  CHECK(l.bind == "0.0.0.0:6001");
  CHECK_FALSE(l.tls);
  CHECK(l.origins.empty());
  CHECK(l.limits.connections == 100'000);
  CHECK(l.limits.per_ip == 1000);
  CHECK(l.limits.body == 1u << 20);
  CHECK(l.limits.headers == 32u << 10);
  CHECK(l.limits.handshake_ms == 10'000);
  CHECK(l.limits.message == 1u << 20);
  REQUIRE(m->pipelines.size() == 1);
  CHECK(m->pipelines[0].queue.events == 65'536);
  CHECK(m->pipelines[0].queue.bytes == 64u << 20);
  CHECK(m->pipelines[0].queue.when_full == WhenFull::drop_oldest);
  CHECK(m->pipelines[0].on_error == OnError::drop);
}

TEST_CASE("a full file is all there, with paths from its own folder") {
  auto m = loaded(golden("good_full.yaml"));
  REQUIRE(m);
  CHECK(m->listeners[0].tls->certificate == "conf/cert.pem");
  CHECK(m->listeners[0].trusted_proxies.size() == 3);
  CHECK(m->listeners[0].files[1] == std::pair<std::string, std::string>("/static", "conf/static"));
  CHECK(m->sources[0].plugin == "redis");
  CHECK(m->sources[0].with_json.find(R"("url":"redis://:hunter2@10.0.0.5:6379/0")") != std::string::npos);
  CHECK(m->sources[0].with_json.find(R"("ping":15000)") != std::string::npos);
  CHECK(m->pipelines[0].on_error == OnError::pass);
  CHECK(m->pipelines[0].queue.when_full == WhenFull::drop_newest);
  CHECK(m->admin->bind == "127.0.0.1:6002");
  CHECK(m->log.format == LogFormat::json);
  REQUIRE(m->tests.size() == 2);
  CHECK(m->tests[0].give.data_json == R"({"id":7,"card":"4242"})");
  CHECK(m->tests[0].delivered->data_json == R"({"id":7})");
  CHECK(m->tests[1].dropped_by == "fields");
  CHECK_FALSE(m->tests[1].delivered);
}

TEST_CASE("a sink without limits has none but for what one client says") {
  auto m = loaded(golden("good.yaml"));
  REQUIRE(m);
  REQUIRE(m->sinks.size() == 1);
  CHECK(m->sinks[0].rates.says_connection == Rate{10, 50});
  CHECK_FALSE(m->sinks[0].rates.connects_address.limits());
  CHECK_FALSE(m->sinks[0].rates.subscribes_connection.limits());
  CHECK_FALSE(m->sinks[0].rates.subscribes_address.limits());
  CHECK_FALSE(m->sinks[0].rates.subscribes_principal.limits());
  CHECK_FALSE(m->sinks[0].rates.says_address.limits());
  CHECK_FALSE(m->sinks[0].rates.says_principal.limits());
}

TEST_CASE("the limits of a sink are each where they belong") {
  auto m = loaded(golden("sink_limits_good.yaml"));
  REQUIRE(m);
  REQUIRE(m->sinks.size() == 1);
  const SinkRates &rates = m->sinks[0].rates;
  CHECK(rates.connects_address == Rate{5, 50});
  CHECK(rates.subscribes_connection == Rate{20, 200});
  CHECK(rates.subscribes_address == Rate{100, 1000});
  CHECK(rates.subscribes_principal == Rate{0.5, 1});
  CHECK(rates.says_connection == Rate{10, 50});
  CHECK(rates.says_address == Rate{50.5, 500});
  CHECK(rates.says_principal == Rate{10, 50});
  CHECK_FALSE(m->sources[0].rates.says_connection.limits());
}

TEST_CASE("what is kept of channels is read in the order of the file, and says what it leaves out") {
  using Replay = ChannelRule::Replay;
  auto m = loaded(golden("channels_good.yaml"));
  REQUIRE(m);
  CHECK(m->store.path == "conf/data/signalbox.db");
  CHECK(m->store.recover);
  CHECK(m->store.memory == 64u << 20);
  CHECK(m->store.size == 1u << 30);
  CHECK(m->store.position.line == 9);
  REQUIRE(m->channels.size() == 6);
  const ChannelRule &pay = m->channels[0];
  CHECK(pay.match == "pay.*");
  CHECK(pay.events == 50);
  CHECK(pay.bytes == 256u << 10);
  CHECK(pay.for_ms == 7'200'000);
  CHECK(pay.durable);
  CHECK(pay.replay == Replay::last);
  CHECK(pay.position == Position{11, 12, 7});
  CHECK(m->channels[1].replay == Replay::none);
  CHECK(m->channels[1].bytes == 1u << 20);
  CHECK(m->channels[2].events == 0);
  CHECK(m->channels[2].replay == Replay::none);
  for (size_t i : {size_t{3}, size_t{4}}) {  // "retain: {}" and "retain:" alone
    CHECK(m->channels[i].events == 100);
    CHECK(m->channels[i].bytes == 1u << 20);
    CHECK(m->channels[i].for_ms == 3'600'000);
    CHECK_FALSE(m->channels[i].durable);
    CHECK(m->channels[i].replay == Replay::retained);
  }
  CHECK(m->channels[5].events == 0);
  CHECK(m->channels[5].replay == Replay::none);
}

TEST_CASE("a number from the environment is one where the schema wants one, and text where it wants text") {
  auto m = loaded(golden("env_number_plain.yaml"));
  REQUIRE(m);
  CHECK(m->sources[0].with_json.find(R"("database":3)") != std::string::npos);
  CHECK(m->sources[0].with_json.find(R"("prefix":"3")") != std::string::npos);
}

TEST_CASE("a plugin's complaint finds its place, or that of what holds it") {
  auto m = loaded(golden("good.yaml"));
  REQUIRE(m);
  const Instance &fields = m->filters[0];
  CHECK(locate(fields, "/rules/0/keep/0") == Position{6, 57, 5});
  CHECK(locate(fields, "/rules/0/keep/17/x") == locate(fields, "/rules/0/keep"));
  CHECK(locate(fields, "/otherwise").line == 6);
  CHECK(locate(fields, "nonsense") == fields.position);
}

TEST_CASE("a file with warnings alone is used") {
  Diagnostics diagnostics;
  CHECK(load("t.yaml", golden("unused.yaml"), FakeCatalog(), fake_environment(), diagnostics));
  CHECK(diagnostics.problems().size() == 3);
}

}  // namespace signalbox::config
