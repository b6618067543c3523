// Nothing in a laravel-echo-server.json can change the shape of what is printed: read again, each value is what it was.
#include <doctest/doctest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <random>

#include "core/cli/echo_import.hpp"
#include "core/config/diagnose.hpp"
#include "core/config/interpolate.hpp"
#include "core/config/parse.hpp"

using namespace signalbox;
using Json = nlohmann::json;

namespace {

// Any text that a configuration may hold: NUL and other control characters are no part of YAML's values here.
std::string any_text(std::mt19937 &random) {
  constexpr std::array<const char *, 30> kPieces{"\n",      "\"",    "'",  "#",       ": ", "- ", "{",
                                                 "}",       "[",     "]",  "${",      "$",  "$$", "${file:/etc/passwd}",
                                                 "${HOME}", "${X:-", "\\", "\\u0041", "\r", "\t", "\n---\n",
                                                 "\n...\n", "%",     "&a", "*a",      "!",  "|",  "\u2028",
                                                 "\u0085",  "é"};
  std::string out;
  for (size_t n = random() % 6; n > 0; --n) out += kPieces[random() % kPieces.size()];
  return out + 'x';
}

// The printed file, read as signalbox reads it.
config::Node read_back(const EchoImport &imported) {
  config::Diagnostics diagnostics;
  diagnostics.open("printed.yaml", imported.yaml);
  std::optional<config::Node> root = config::parse(imported.yaml, diagnostics);
  REQUIRE_MESSAGE(root, diagnostics.text(), imported.yaml);
  config::Environment nothing;
  nothing.variable = [](const std::string &) -> std::optional<std::string> { return std::nullopt; };
  nothing.file = [](const std::string &path) -> Result<std::string> { return Status::error("asked for " + path); };
  config::interpolate(*root, "printed.yaml", nothing, diagnostics);
  REQUIRE_MESSAGE(!diagnostics.failed(), diagnostics.text(), imported.yaml);
  return *root;
}

const config::Node &at(const config::Node &from, std::initializer_list<const char *> keys) {
  const config::Node *node = &from;
  for (const char *key : keys) {
    REQUIRE(node);
    node = node->find(key);
  }
  REQUIRE(node);
  return *node;
}

}  // namespace

TEST_CASE("whatever texts a file has, the printed one has the same sections and the same values") {
  std::mt19937 random(5);
  for (int round = 0; round < 500; ++round) {
    const std::string host = any_text(random), endpoint = any_text(random), id = any_text(random),
                      key = any_text(random), password = any_text(random), prefix = any_text(random),
                      certificate = any_text(random);
    const Json file{{"authHost", host},
                    {"authEndpoint", "/" + endpoint},
                    {"clients", {{{"appId", id}, {"key", key}}}},
                    {"protocol", "https"},
                    {"sslCertPath", certificate},
                    {"sslKeyPath", certificate},
                    {"sslCertChainPath", any_text(random)},
                    {"host", any_text(random)},
                    {any_text(random), any_text(random)},
                    {"socketio", {{"path", "/" + any_text(random)}, {"origins", any_text(random)}}},
                    {"databaseConfig",
                     {{"redis",
                       {{"password", password},
                        {"keyPrefix", prefix},
                        {any_text(random), 1},
                        {"name", any_text(random)},
                        {"sentinels", {{{"host", any_text(random)}}}}}}}}};
    const auto settings = read_echo_settings(file.dump());
    REQUIRE_MESSAGE(settings.ok(), settings.message());
    const config::Node root = read_back(import_echo(*settings));
    CHECK(root.entries.size() == 6);  // listeners, sources, filters, sinks, pipelines, log
    const config::Node &redis = at(root, {"sources", "laravel", "with"});
    CHECK(redis.entries.size() == 4);
    CHECK(at(redis, {"password"}).text == password);
    CHECK(at(redis, {"prefix"}).text == prefix);
    const config::Node &clients = at(root, {"sources", "api", "with", "clients"});
    REQUIRE(clients.items.size() == 1);
    CHECK(at(clients.items[0], {"app_id"}).text == id);
    CHECK(at(clients.items[0], {"key"}).text == key);
    CHECK(at(root, {"listeners", "public", "tls", "certificate"}).text == certificate);
    const config::Node &rules = at(root, {"filters", "members", "with", "rules"});
    REQUIRE(rules.items.size() == 2);
    const std::string scheme = host.find("://") == std::string::npos ? "https://" : "";
    CHECK(at(rules.items[0], {"laravel", "endpoint"}).text == scheme + host + "/" + endpoint);
    CHECK(at(root, {"sinks", "browsers", "with"}).entries.size() == 3);
  }
}
